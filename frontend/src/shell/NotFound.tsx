import { Link } from "react-router";
import { useStrings } from "../i18n/language";
import { Empty } from "./RemoteView";
import { SHELL } from "./strings";

export function NotFound() {
  const say = useStrings(SHELL);
  return (
    <Empty title={say.notFound}>
      {say.notFoundWhy} <Link to="/">{say.toTheLine}</Link>
    </Empty>
  );
}
