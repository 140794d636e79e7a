import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { asFailure } from "../api/failure";
import type { Account, Language, NewAccount, Role } from "../api/types";
import { LANGUAGES } from "../i18n/catalogue";
import { useStrings } from "../i18n/language";
import { SESSION } from "./strings";

export type AccountDraft = Required<NewAccount>;

const ROLES: readonly Role[] = ["viewer", "operator", "engineer", "admin"];
const NAME = /^[A-Za-z0-9._@+-]{1,80}$/;
const SHORTEST_PASSWORD = 10;

interface Props {
  /** The account to change; null for a new one. */
  account: Account | null;
  onSave: (draft: AccountDraft) => Promise<void>;
  onCancel: () => void;
}

type Mistakes = Partial<Record<"name" | "password" | "sites", string>>;

/** Adds or changes an account. What the server refuses is said, and nothing that was typed is lost. */
export function AccountForm({ account, onSave, onCancel }: Props) {
  const say = useStrings(SESSION);
  const [draft, setDraft] = useState<AccountDraft>(() => draftOf(account));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState("");
  const mistakes = tried ? mistakesOf(draft, account === null, say) : {};
  const set = (change: Partial<AccountDraft>) => setDraft((was) => ({ ...was, ...change }));

  const save = async () => {
    setTried(true);
    if (Object.keys(mistakesOf(draft, account === null, say)).length > 0) return;
    setBusy(true);
    try {
      await onSave({ ...draft, sites: sitesOf(draft) });
    } catch (thrown) {
      setRefusal(asFailure(thrown).message);
      setBusy(false);
    }
  };
  return (
    <Modal
      visible
      onDismiss={onCancel}
      header={account ? say.changeWho(account.name) : say.add}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={onCancel}>{say.cancel}</Button>
            <Button variant="primary" loading={busy} onClick={() => void save()}>
              {say.save}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {refusal && <Alert type="error">{refusal}</Alert>}
        <Fields draft={draft} isNew={account === null} mistakes={mistakes} onSet={set} />
      </SpaceBetween>
    </Modal>
  );
}

interface FieldsProps {
  draft: AccountDraft;
  isNew: boolean;
  mistakes: Mistakes;
  onSet: (change: Partial<AccountDraft>) => void;
}

function Fields({ draft, isNew, mistakes, onSet }: FieldsProps) {
  const say = useStrings(SESSION);
  return (
    <>
      {isNew && (
        <FormField label={say.name} constraintText={say.nameHow} errorText={mistakes.name}>
          <Input value={draft.name} autoComplete="off" onChange={({ detail }) => onSet({ name: detail.value })} />
        </FormField>
      )}
      <FormField
        label={isNew ? say.password : say.newPassword}
        constraintText={isNew ? say.passwordHow : say.newPasswordHow}
        errorText={mistakes.password}
      >
        <Input value={draft.password} type="password" autoComplete="new-password" onChange={({ detail }) => onSet({ password: detail.value })} />
      </FormField>
      <Choice label={say.role} value={draft.role} options={ROLES.map((role) => ({ id: role, name: say[role] }))} onChoose={(role) => onSet({ role })} />
      <FormField label={say.sites} constraintText={say.sitesHow} errorText={mistakes.sites}>
        <Input value={draft.sites.join(",")} onChange={({ detail }) => onSet({ sites: detail.value.split(",") })} />
      </FormField>
      <Choice label={say.language} value={draft.language} options={LANGUAGES} onChoose={(language) => onSet({ language })} />
    </>
  );
}

interface ChoiceProps<T extends Role | Language> {
  label: string;
  value: T;
  options: readonly { id: T; name: string }[];
  onChoose: (id: T) => void;
}

function Choice<T extends Role | Language>({ label, value, options, onChoose }: ChoiceProps<T>) {
  const choose = (id: string) => {
    const chosen = options.find((option) => option.id === id);
    if (chosen) onChoose(chosen.id);
  };
  return (
    <label className="form-choice">
      {label}
      <select value={value} onChange={(event) => choose(event.target.value)}>
        {options.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function draftOf(account: Account | null): AccountDraft {
  if (!account) return { name: "", password: "", role: "operator", sites: ["*"], language: "en" };
  const { name, role, sites, language } = account;
  return { name, password: "", role, sites, language };
}

type Say = { nameWrong: string; passwordShort: string; sitesMissing: string };

export function mistakesOf(draft: AccountDraft, isNew: boolean, say: Say): Mistakes {
  const mistakes: Mistakes = {};
  if (!NAME.test(draft.name)) mistakes.name = say.nameWrong;
  if ((isNew || draft.password) && draft.password.length < SHORTEST_PASSWORD) mistakes.password = say.passwordShort;
  if (sitesOf(draft).length === 0) mistakes.sites = say.sitesMissing;
  return mistakes;
}

/** Typed as one text; what is sent has neither blanks nor empty names. */
export function sitesOf({ sites }: Pick<AccountDraft, "sites">): string[] {
  return sites.map((site) => site.trim()).filter(Boolean);
}
