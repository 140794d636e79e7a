import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Alert from "@cloudscape-design/components/alert";
import { useState } from "react";
import { answerOf, client } from "../api/client";
import { asFailure } from "../api/failure";
import { useRemote } from "../api/remote";
import type { Account } from "../api/types";
import { LANGUAGES } from "../i18n/catalogue";
import { useStrings } from "../i18n/language";
import { useTimes } from "../i18n/times";
import { Empty, RemoteView } from "../shell/RemoteView";
import { AccountForm, type AccountDraft } from "./AccountForm";
import { useMay } from "./session";
import { SESSION } from "./strings";

/** What an admin is about to do; nothing is done before it is confirmed. */
type Intent = { act: "add" } | { act: "change"; account: Account } | { act: "remove"; account: Account };

export default function AccountsPage() {
  const say = useStrings(SESSION);
  return useMay("admin") ? <Accounts /> : <Empty title={say.onlyAdmins} />;
}

function Accounts() {
  const say = useStrings(SESSION);
  const accounts = useRemote("accounts", (signal) => answerOf(client.GET("/api/accounts", { signal })));
  const [intent, setIntent] = useState<Intent | null>(null);
  const finished = () => {
    setIntent(null);
    accounts.reload();
  };
  return (
    <Container
      header={
        <Header variant="h1" description={say.accountsWhy} actions={<Button onClick={() => setIntent({ act: "add" })}>{say.add}</Button>}>
          {say.accounts}
        </Header>
      }
    >
      <RemoteView remote={accounts} isEmpty={(all) => all.length === 0} empty={<Empty title={say.accountsNone} />}>
        {(all) => <AccountTable accounts={all} onIntent={setIntent} />}
      </RemoteView>
      {intent?.act === "remove" && <Removal account={intent.account} onDone={finished} onCancel={() => setIntent(null)} />}
      {intent && intent.act !== "remove" && (
        <AccountForm
          account={intent.act === "change" ? intent.account : null}
          onSave={(draft) => (intent.act === "change" ? change(intent.account, draft) : add(draft)).then(finished)}
          onCancel={() => setIntent(null)}
        />
      )}
    </Container>
  );
}

async function add(draft: AccountDraft): Promise<void> {
  await answerOf(client.POST("/api/accounts", { body: draft }));
}

/** An empty password is none: the present one stays. */
async function change({ name }: Account, { role, sites, language, password }: AccountDraft): Promise<void> {
  const body = { role, sites, language, ...(password ? { password } : {}) };
  await answerOf(client.PATCH("/api/accounts/{name}", { params: { path: { name } }, body }));
}

function AccountTable({ accounts, onIntent }: { accounts: readonly Account[]; onIntent: (intent: Intent) => void }) {
  const say = useStrings(SESSION);
  const times = useTimes();
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={say.accounts}>
      <table className="accounts">
        <thead>
          <tr>
            {[say.name, say.role, say.sites, say.language, say.created, say.lastSignedIn, say.actions].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {accounts.map((account) => (
            <tr key={account.name}>
              <th scope="row">{account.name}</th>
              <td>{say[account.role]}</td>
              <td>{account.sites.join(", ")}</td>
              <td>{LANGUAGES.find(({ id }) => id === account.language)?.name}</td>
              <td>{times.day(account.created_at)}</td>
              <td>{account.last_signed_in_at ? times.dayAndClock(account.last_signed_in_at) : say.never}</td>
              <td>
                <div className="row-actions">
                  <Button ariaLabel={`${say.change} ${account.name}`} onClick={() => onIntent({ act: "change", account })}>
                    {say.change}
                  </Button>
                  <Button ariaLabel={`${say.remove} ${account.name}`} onClick={() => onIntent({ act: "remove", account })}>
                    {say.remove}
                  </Button>
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Removal({ account, onDone, onCancel }: { account: Account; onDone: () => void; onCancel: () => void }) {
  const say = useStrings(SESSION);
  const [refusal, setRefusal] = useState("");
  const remove = async () => {
    try {
      await answerOf(client.DELETE("/api/accounts/{name}", { params: { path: { name: account.name } } }));
      onDone();
    } catch (thrown) {
      setRefusal(asFailure(thrown).message);
    }
  };
  return (
    <Modal
      visible
      onDismiss={onCancel}
      header={say.removeWho(account.name)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="primary" onClick={onCancel}>
              {say.cancel}
            </Button>
            <Button onClick={() => void remove()}>{say.remove}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="s">
        {refusal && <Alert type="error">{refusal}</Alert>}
        <div>{say.removeEffect(account.name)}</div>
      </SpaceBetween>
    </Modal>
  );
}
