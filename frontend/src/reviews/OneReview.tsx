import { useState } from "react";
import { useActing } from "../api/acting";
import { asFailure } from "../api/failure";
import { useRemote } from "../api/remote";
import { useStrings } from "../i18n/language";
import { Empty, RemoteView } from "../shell/RemoteView";
import { type Citation, type Decision, keyOf, type Review } from "./model";
import { ReviewDetail } from "./ReviewDetail";
import { ReviewForm } from "./ReviewForm";
import { giveReview, readReview } from "./server";
import { REVIEWS } from "./strings";

interface Props {
  feedbackId: string;
  /** As the list has it, while it does. */
  listed: Review | undefined;
  opened: boolean;
  onDone: (key: string, told: string) => void;
  /** The list is not how things stand. */
  onStale: () => void;
  onOpenSource: (citation: Citation) => void;
  onBack?: () => void;
}

/**
 * One verdict while somebody decides about it. It stays as it was opened, whatever the list says meanwhile: nothing
 * changes under the hands of who writes. The server knows which one was read; where it is another by now, it is read again.
 */
export function OneReview({ feedbackId, listed, opened, onDone, onStale, onOpenSource, onBack }: Props) {
  const say = useStrings(REVIEWS);
  const acting = useActing();
  const [review, setReview] = useState(listed);
  const [notice, setNotice] = useState("");
  // A colleague's link opens also what is not in this list.
  const found = useRemote(`review ${feedbackId}`, () => readReview(feedbackId), { enabled: !review });
  if (!review && found.data) setReview(found.data);
  if (!review) {
    return (
      <RemoteView remote={found} isEmpty={(one) => one === null} empty={<Empty title={say.gone}>{notice}</Empty>}>
        {() => null}
      </RemoteView>
    );
  }

  const readAgain = async (why: string) => {
    onStale();
    const now = await readReview(review.feedback_id).catch(() => review);
    setReview(now ?? undefined);
    setNotice(now ? `${why} ${say.changed}` : why);
  };
  const decide = async (decision: Decision): Promise<boolean> => {
    setNotice("");
    let changed = "";
    const decided = await acting.run(() =>
      giveReview(review.feedback_id, decision).catch((thrown: unknown) => {
        const failure = asFailure(thrown);
        if (failure.status === 409) changed = failure.message;
        throw failure;
      }),
    );
    if (changed) {
      acting.forget();
      await readAgain(changed);
    }
    if (!decided) return false;
    setReview(decided);
    onDone(keyOf(review), say[`did_${decision.state}`]);
    return true;
  };
  return (
    <ReviewDetail review={review} opened={opened} notice={notice} onOpenSource={onOpenSource} onBack={onBack}>
      <ReviewForm
        key={`${keyOf(review)} ${review.state} ${review.reviewed_at}`}
        review={review}
        pending={acting.pending}
        failure={acting.failure}
        onDecide={decide}
      />
    </ReviewDetail>
  );
}
