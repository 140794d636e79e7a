import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { Component, type ReactNode } from "react";
import { useStrings } from "../i18n/language";
import { SHELL } from "./strings";

interface Props {
  /** Another place gets another chance: the boundary starts anew when this changes. */
  place: string;
  children: ReactNode;
}

interface State {
  failed: Error | null;
  place: string;
}

/** Keeps the failure of one page to that page. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { failed: null, place: this.props.place };

  static getDerivedStateFromError(failed: Error): Partial<State> {
    return { failed };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.place === state.place ? null : { failed: null, place: props.place };
  }

  override render(): ReactNode {
    return this.state.failed ? <Broken sentence={this.state.failed.message} /> : this.props.children;
  }
}

function Broken({ sentence }: { sentence: string }) {
  const say = useStrings(SHELL);
  return (
    <div role="alert">
      <Alert
        type="error"
        header={say.broken}
        action={<Button onClick={() => globalThis.location.reload()}>{say.reloadPage}</Button>}
      >
        {say.brokenWhy} {sentence}
      </Alert>
    </div>
  );
}
