import type { components } from "./schema";

type Schemas = components["schemas"];

export type Account = Schemas["AccountView"];
export type Advisory = Schemas["AdvisoryView"];
export type Alarm = Schemas["AlarmView"];
export type AlarmEvent = Schemas["AlarmEventView"];
export type AlarmHealth = Schemas["AlarmHealthView"];
export type Evidence = Schemas["EvidenceView"];
export type Handover = Schemas["HandoverView"];
export type Line = Schemas["LineView"];
export type LineSummary = Schemas["LineSummary"];
export type Loss = Schemas["LossView"];
export type Losses = Schemas["LossesView"];
export type Machine = Schemas["MachineView"];
export type MachineRuns = Schemas["MachineRunsView"];
export type NewAccount = Schemas["NewAccount"];
export type Oidc = Schemas["OidcView"];
export type Problem = Schemas["Problem"];
export type Run = Schemas["RunView"];
export type Series = Schemas["SeriesView"];
export type Session = Schemas["SessionView"];
export type SignIn = Schemas["SignInView"];
export type Site = Schemas["SiteView"];
export type Telemetry = Schemas["TelemetryView"];
export type Value = Schemas["ValueView"];

export type Language = Session["language"];
export type Role = Session["role"];
export type Severity = Alarm["severity"];
