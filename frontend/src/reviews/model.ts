import type { components } from "../api/schema";

type Schemas = components["schemas"];

export type Review = Schemas["ReviewView"];
export type Reviews = Schemas["ReviewsView"];
export type Decision = Schemas["GiveReview"];
export type State = Review["state"];
export type Citation = Schemas["CitationView"];

export const STATES: readonly State[] = ["pending", "accepted", "rejected"];
export const LONGEST = { question: 1_000, answer: 4_000, note: 500 } as const;

export function stateOf(word: string | null): State {
  return STATES.find((state) => state === word) ?? "pending";
}

/** One verdict as it was given; given anew, it is another one to decide about. */
export function keyOf(review: Review): string {
  return `${review.feedback_id} ${review.given_at}`;
}

/** The words that are proposed for training: what was kept before, else what the person said would have been right. */
export function proposalOf(review: Review): { question: string; answer: string } {
  const said = review.verdict === "up" ? review.answer : "";
  return {
    question: review.reviewed_question || review.question,
    answer: review.reviewed_answer || review.correction || said,
  };
}

/** The passages as sources that can be opened; numbered as the answer numbers them. */
export function citationsOf(review: Review): Citation[] {
  // Whether a document was reviewed is not kept with a verdict; saying that it was not would be a guess.
  return review.cited.map((cited, index) => ({ ...cited, number: index + 1, title: cited.document, reviewed: true }));
}

/** An advisory quotes its steps without telling which file they came from: those cannot be opened. */
export function opens(citation: Pick<Citation, "document_id">): boolean {
  return citation.document_id !== "";
}

/** The one to look at when this one is decided: the next below, else the last above; "" where there is no other. */
export function nextAfter(reviews: readonly Review[], feedbackId: string): string {
  const index = reviews.findIndex((one) => one.feedback_id === feedbackId);
  return (reviews[index + 1] ?? reviews[index - 1])?.feedback_id ?? "";
}

export type Fault = "missing" | "too_long";

/** What is wrong with the words; only what is accepted needs a question and an answer. */
export function faultsOf(decision: Decision): Partial<Record<keyof typeof LONGEST, Fault>> {
  const faults: Partial<Record<keyof typeof LONGEST, Fault>> = {};
  for (const field of ["question", "answer", "note"] as const) {
    const text = (decision[field] ?? "").trim();
    if (text.length > LONGEST[field]) faults[field] = "too_long";
    else if (!text && field !== "note" && decision.state === "accepted") faults[field] = "missing";
  }
  return faults;
}
