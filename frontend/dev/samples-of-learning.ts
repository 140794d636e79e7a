import type { components } from "../src/api/schema";
import { at } from "./samples";

type Schemas = components["schemas"];
type Release = Schemas["ReleaseView"];
type Releases = Schemas["ReleasesView"];
type Review = Schemas["ReviewView"];
type Reviews = Schemas["ReviewsView"];

const HOUR = 60;
const DAY = 24 * HOUR;

export function release(now: number, told: Partial<Release> & Pick<Release, "release_id">): Release {
  return {
    made_at: at(now, 2 * DAY),
    status: "approved",
    alias: "",
    base_model: "meta-llama/Llama-3.2-3B-Instruct",
    dataset_hash: "9f2c41d07be85a63f1d0c4a97735be20648e1f9ad3307c5512be98d4470ac1ef",
    code_version: "1.4.0+2c9e41b",
    hyperparameters: { epochs: "5", learning_rate: "0.0002", lora_rank: "16", seed: "0" },
    artifact: "releases/r-2026-11-20/model.tar.gz",
    model_id: "lineside-r-2026-11-20",
    evaluation: {
      passed: true,
      improvement: 0.14,
      low: 0.09,
      high: 0.19,
      questions: 180,
      judges: ["gpt-oss", "qwen"],
      unfit: [],
      reasons: [],
    },
    has_report: true,
    approver: "",
    approved_at: null,
    canary: null,
    reason: "",
    ...told,
  };
}

/** One that waits for a person, a canary beside what is live, and what became of the others. */
export function releases(now: number): Releases {
  const kim = { approver: "Kim", approved_at: at(now, 9 * HOUR) };
  return {
    live: "r-2026-11-06",
    canary: "r-2026-11-18",
    previous: "r-2026-10-23",
    canary_share: 0.1,
    version: 4,
    releases: [
      release(now, { release_id: "r-2026-11-20", status: "waiting", made_at: at(now, 3 * HOUR) }),
      release(now, {
        release_id: "r-2026-11-19",
        status: "refused",
        reason: "The Freezer Tunnel's answers are 16 % worse than the base model's.",
        evaluation: {
          passed: false,
          improvement: 0.04,
          low: -0.02,
          high: 0.1,
          questions: 180,
          judges: ["gpt-oss", "qwen"],
          unfit: ["tiny-judge"],
          reasons: [
            "The improvement's interval reaches below 0: it may be none.",
            "The Freezer Tunnel's answers are 16 % worse than the base model's.",
          ],
        },
      }),
      release(now, {
        release_id: "r-2026-11-18",
        status: "canary",
        alias: "canary",
        ...kim,
        canary: {
          decision: "wait",
          why: "The canary has given 61 answers; the next look is at 100.",
          at: at(now, 4),
          figures: {
            answers_canary: 61, answers_live: 540, looked_at: 50, level: 0.003125,
            thumbs_down_canary: 0.0667, thumbs_down_canary_of: 15, thumbs_down_live: 0.08, thumbs_down_live_of: 112, thumbs_down_p: 0.72,
            withheld_canary: 0.0833, withheld_canary_of: 48, withheld_live: 0.0322, withheld_live_of: 404, withheld_p: 0.091,
            failed_canary: 0, failed_canary_of: 48, failed_live: 0.0025, failed_live_of: 404, failed_p: 1,
            seconds_canary: 2.51, seconds_canary_of: 48, seconds_live: 2.42, seconds_live_of: 404, seconds_p: 0.999,
          },
        },
      }),
      release(now, { release_id: "r-2026-11-06", status: "live", alias: "live", made_at: at(now, 15 * DAY), ...kim }),
      release(now, { release_id: "r-2026-10-23", status: "retired", alias: "previous", made_at: at(now, 29 * DAY), ...kim }),
      release(now, {
        release_id: "r-2026-10-09",
        status: "failed",
        made_at: at(now, 43 * DAY),
        evaluation: null,
        has_report: false,
        artifact: "",
        model_id: "",
        reason: "The import ended with: the tokenizer has no chat template. What it had made was deleted.",
      }),
    ],
    history: [
      { at: at(now, 8 * HOUR), by: "Kim", what: "canary", reason: "A tenth of the conversations first", live: "r-2026-11-06", canary: "r-2026-11-18", previous: "r-2026-10-23" },
      { at: at(now, 14 * DAY), by: "lineside", what: "promote", reason: "400 answers without a regression", live: "r-2026-11-06", canary: "", previous: "r-2026-10-23" },
      { at: at(now, 15 * DAY), by: "Kim", what: "canary", reason: "", live: "r-2026-10-23", canary: "r-2026-11-06", previous: "" },
      { at: at(now, 28 * DAY), by: "Kim", what: "promote", reason: "The first one", live: "r-2026-10-23", canary: "", previous: "" },
    ],
  };
}

export function review(now: number, told: Partial<Review> & Pick<Review, "feedback_id">): Review {
  return {
    about: "answer",
    verdict: "down",
    reason: "wrong_step",
    correction: "Lock out the drive with your own lock, then call maintenance.",
    resolution: "",
    by: "Ann",
    given_at: at(now, 50),
    question: "How do I clear a jam at the Vertical Conveyor?",
    answer: "Take the jammed box out by hand [1].",
    model: "fine-tuned",
    release_id: "r-2026-11-06",
    device: "",
    cited: [
      {
        document_id: "vertical-conveyor-clear-a-jam.md",
        document: "vertical-conveyor-clear-a-jam.md",
        revision: "4",
        section: "Clear the jam",
        step: "1",
        page: "",
        quote: "Switch off and lock the drive.",
      },
    ],
    facts: ["Vertical Conveyor is down since 05:48"],
    state: "pending",
    reviewed_by: "",
    reviewed_at: null,
    reviewed_question: "",
    reviewed_answer: "",
    note: "",
    ...told,
  };
}

export function allReviews(now: number): Review[] {
  return [
    review(now, { feedback_id: "f-1" }),
    review(now, {
      feedback_id: "f-2",
      verdict: "up",
      reason: "",
      correction: "",
      given_at: at(now, 95),
      question: "What does E-217 mean?",
      answer: "E-217: the belt drive tripped [1]. Let it cool for 10 minutes before you reset it.",
    }),
    review(now, {
      feedback_id: "f-3",
      about: "advisory",
      correction: "",
      reason: "not_useful",
      resolution: "not_fixed",
      by: "Bo",
      given_at: at(now, 300),
      device: "Freezer Tunnel",
      question: "The Freezer Tunnel is too warm. What is to be done?",
      answer: "The tunnel has been above -18 °C for 12 min.\nIs the door shut?\n1. Shut the door.",
      model: "procedure",
      release_id: "",
      cited: [{ document_id: "", document: "freezer-tunnel.md", revision: "2", section: "Too warm", step: "1", page: "", quote: "Shut the door." }],
    }),
    review(now, {
      feedback_id: "f-4",
      state: "accepted",
      reviewed_by: "Eva",
      reviewed_at: at(now, 200),
      reviewed_question: "How often is the tape roll changed?",
      reviewed_answer: "Every 400 boxes.",
      note: "Checked against SOP-BS-02",
      question: "How often is the tape roll changed?",
      given_at: at(now, 2 * DAY),
    }),
  ];
}

export function reviews(now: number, state: string): Reviews {
  const all = allReviews(now);
  return {
    reviews: all.filter((one) => one.state === state),
    pending: all.filter((one) => one.state === "pending").length,
    accepted: 18,
    rejected: 2,
    accepted_since: 11,
    needed: 50,
  };
}
