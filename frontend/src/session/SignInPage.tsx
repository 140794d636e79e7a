import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type FormEvent, useState } from "react";
import { answerOf, client } from "../api/client";
import { asFailure } from "../api/failure";
import { useRemote } from "../api/remote";
import type { Oidc, SignIn } from "../api/types";
import { useStrings } from "../i18n/language";
import { LanguageSwitch } from "../shell/LanguageSwitch";
import { RemoteView } from "../shell/RemoteView";
import { beginOidcSignIn } from "./bearer";
import { useSessionSetting } from "./session";
import { SESSION } from "./strings";

/** Stands in place of the page that was asked for, whose address stays: signing in leads back to it. */
export function SignInPage({ ended }: { ended: boolean }) {
  const way = useRemote("sign-in", (signal) => answerOf(client.GET("/api/sign-in", { signal })));
  const { signIn } = useSessionSetting();
  return (
    <main className="sign-in">
      <RemoteView remote={way}>{(known) => <SignInForm way={known} ended={ended} onPassword={signIn} onProvider={beginOidcSignIn} />}</RemoteView>
      <LanguageSwitch />
    </main>
  );
}

interface FormProps {
  way: SignIn;
  ended: boolean;
  onPassword: (name: string, password: string) => Promise<void>;
  onProvider: (oidc: Oidc) => Promise<void>;
}

export function SignInForm({ way, ended, onPassword, onProvider }: FormProps) {
  const say = useStrings(SESSION);
  const [refusal, setRefusal] = useState("");
  const [busy, setBusy] = useState(false);
  const { oidc } = way;

  const attempt = async (act: () => Promise<void>) => {
    setBusy(true);
    setRefusal("");
    try {
      await act();
    } catch (thrown) {
      setRefusal(asFailure(thrown).message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Container header={<Header variant="h1">{way.site ? say.signInTo(way.site) : say.signIn}</Header>}>
      <SpaceBetween size="l">
        {ended && <Alert type="info">{say.ended}</Alert>}
        {way.first_start && (
          <Alert type="info" header={say.firstStart}>
            {say.firstStartHow}
          </Alert>
        )}
        {refusal && (
          <div role="alert">
            <Alert type="error">{refusal}</Alert>
          </div>
        )}
        {way.password && <PasswordForm busy={busy} onSubmit={(name, password) => attempt(() => onPassword(name, password))} />}
        {way.password && oidc && <Box textAlign="center">{say.or}</Box>}
        {oidc && (
          <Button fullWidth loading={busy} onClick={() => void attempt(() => onProvider(oidc))}>
            {say.withProvider}
          </Button>
        )}
        {!way.password && !oidc && !way.first_start && <Box>{say.noWay}</Box>}
      </SpaceBetween>
    </Container>
  );
}

function PasswordForm({ busy, onSubmit }: { busy: boolean; onSubmit: (name: string, password: string) => void }) {
  const say = useStrings(SESSION);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() && password) onSubmit(name.trim(), password);
  };
  return (
    <form onSubmit={submit} noValidate>
      <SpaceBetween size="m">
        <FormField label={say.name} errorText={tried && !name.trim() ? say.nameMissing : ""}>
          <Input value={name} autoComplete="username" autoFocus onChange={({ detail }) => setName(detail.value)} />
        </FormField>
        <FormField label={say.password} errorText={tried && !password ? say.passwordMissing : ""}>
          <Input value={password} type="password" autoComplete="current-password" onChange={({ detail }) => setPassword(detail.value)} />
        </FormField>
        <Button variant="primary" formAction="submit" loading={busy} loadingText={say.signingIn} fullWidth>
          {say.signIn}
        </Button>
      </SpaceBetween>
    </form>
  );
}
