import { answerOf, client } from "../api/client";
import { type Decision, type Review, type Reviews, type State, STATES } from "./model";

const MOST = 500;

export function readReviews(state: State, signal?: AbortSignal): Promise<Reviews> {
  return answerOf(client.GET("/api/reviews", { params: { query: { state } }, signal }));
}

export function giveReview(feedbackId: string, decision: Decision): Promise<Review> {
  const params = { path: { feedback_id: feedbackId } };
  return answerOf(client.POST("/api/reviews/{feedback_id}", { params, body: decision }));
}

/** One verdict as it stands now, whatever was decided about it meanwhile; null where it is gone. */
export async function readReview(feedbackId: string): Promise<Review | null> {
  const read = (state: State) => answerOf(client.GET("/api/reviews", { params: { query: { state, limit: MOST } } }));
  const lists = await Promise.all(STATES.map(read));
  return lists.flatMap(({ reviews }) => reviews).find((one) => one.feedback_id === feedbackId) ?? null;
}
