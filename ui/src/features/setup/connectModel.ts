import type { ConnectionDraft, KeysInput } from "../../platform";

/** JumpCloud's consoles; a key of one region is refused by the others. */
export const regions = [
  { value: "us", label: "Standard (US)", url: "https://console.jumpcloud.com" },
  { value: "eu", label: "Europe", url: "https://console.eu.jumpcloud.com" },
  { value: "in", label: "India", url: "https://console.in.jumpcloud.com" },
  { value: "other", label: "Another address", url: "" },
] as const;
export type Region = (typeof regions)[number]["value"];

export type ConnectForm = {
  readonly name: string;
  readonly region: Region;
  readonly jumpcloudUrl: string;
  readonly jumpcloudKey: string;
  readonly jumpcloudOrganisation: string;
  readonly application: string;
  readonly scimUrl: string;
  readonly scimKey: string;
  readonly organisationId: string;
  readonly organisationKey: string;
  readonly domains: string;
};

export const emptyForm: ConnectForm = {
  name: "",
  region: "us",
  jumpcloudUrl: "",
  jumpcloudKey: "",
  jumpcloudOrganisation: "",
  application: "",
  scimUrl: "",
  scimKey: "",
  organisationId: "",
  organisationKey: "",
  domains: "",
};

export type ConnectErrors = Readonly<Partial<Record<keyof ConnectForm, string>>>;

export const jumpcloudUrlOf = (form: ConnectForm): string => regions.find((region) => region.value === form.region)?.url || form.jumpcloudUrl.trim();

const isLoopback = (host: string) => host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

/** What is wrong with an address, as far as it can be seen without asking anybody; the engine judges the rest. */
export function urlProblem(text: string): string | undefined {
  if (text.trim() === "") return "Enter the address.";
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return "This is no web address. It begins with https://.";
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) return "Only https is accepted: the key would travel in the clear.";
  if (url.username !== "" || url.password !== "") return "Take the user name and password out of the address.";
  return undefined;
}

export function validateJumpcloud(form: ConnectForm): ConnectErrors {
  const errors: Partial<Record<keyof ConnectForm, string>> = {};
  if (form.region === "other") {
    const problem = urlProblem(form.jumpcloudUrl);
    if (problem) errors.jumpcloudUrl = problem;
  }
  if (form.jumpcloudKey.trim() === "") errors.jumpcloudKey = "Enter the API key.";
  return errors;
}

export function validate(form: ConnectForm): ConnectErrors {
  const errors: Partial<Record<keyof ConnectForm, string>> = { ...validateJumpcloud(form) };
  if (form.name.trim() === "") errors.name = "Give the connection a name.";
  if (form.application.trim() === "") errors.application = "Choose the application.";
  const problem = urlProblem(form.scimUrl);
  if (problem) errors.scimUrl = problem;
  else if (!/\/scim\/directory\//i.test(form.scimUrl) && /(^|\.)atlassian\.(com|net)$/i.test(new URL(form.scimUrl.trim()).hostname)) errors.scimUrl = "This is not a SCIM base URL. It looks like https://api.atlassian.com/scim/directory/… and stands beside the key.";
  if (form.scimKey.trim() === "") errors.scimKey = "Enter the SCIM key.";
  if (form.organisationKey.trim() !== "" && form.organisationId.trim() === "") errors.organisationId = "The organisation key needs the organisation id.";
  if (form.organisationId.trim() !== "" && form.organisationKey.trim() === "") errors.organisationKey = "The organisation id needs its key.";
  return errors;
}

const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

export function draftOf(form: ConnectForm, defaults: ConnectionDraft): ConnectionDraft {
  const domains = form.domains.split(/[\n,;\s]/).map((domain) => domain.trim().toLowerCase()).filter(Boolean);
  return {
    ...defaults,
    name: form.name.trim(),
    endpoints: {
      ...defaults.endpoints,
      jumpcloud_url: jumpcloudUrlOf(form),
      jumpcloud_organisation: orNull(form.jumpcloudOrganisation),
      application: form.application.trim(),
      scim_url: form.scimUrl.trim(),
      organisation_id: orNull(form.organisationId),
      // An address without an organisation is half a setting, which the engine refuses.
      organisation_url: orNull(form.organisationId) === null ? null : defaults.endpoints.organisation_url,
    },
    policy: { ...defaults.policy, typed_domains: [...new Set(domains)].sort() },
  };
}

export const keysOf = (form: ConnectForm): KeysInput => ({ jumpcloud: orNull(form.jumpcloudKey), scim: orNull(form.scimKey), organisation: orNull(form.organisationKey) });

let remembered: ConnectForm = emptyForm;

/** What was typed survives going back and forth. The keys do not: they leave the page only for the secret store. */
export function rememberForm(form: ConnectForm): void {
  remembered = { ...form, jumpcloudKey: "", scimKey: "", organisationKey: "" };
}

export const rememberedForm = (): ConnectForm => remembered;
