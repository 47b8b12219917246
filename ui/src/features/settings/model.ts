import type { Policy } from "../../platform";

/** The policy as a form holds it: text as typed, so that nothing is lost while it is not valid yet. */
export type PolicyForm = {
  readonly maxDeactivations: string;
  readonly maxDeactivationShare: string;
  readonly maxRemovalShare: string;
  readonly protectedPeople: string;
  readonly protectedGroups: string;
  readonly groupManagement: boolean;
  readonly domains: Policy["domains"];
  readonly typedDomains: string;
  readonly userLimit: string;
  readonly deletedUsers: Policy["deleted_users"];
};

const text = (value: number | null) => (value === null ? "" : String(value));

export function formOf(policy: Policy): PolicyForm {
  return {
    maxDeactivations: text(policy.guards.max_deactivations),
    maxDeactivationShare: text(policy.guards.max_deactivation_share),
    maxRemovalShare: text(policy.guards.max_removal_share),
    protectedPeople: policy.protected_people.join("\n"),
    protectedGroups: policy.protected_groups.join("\n"),
    groupManagement: policy.group_management,
    domains: policy.domains,
    typedDomains: policy.typed_domains.join("\n"),
    userLimit: String(policy.user_limit),
    deletedUsers: policy.deleted_users,
  };
}

export type FormErrors = Readonly<Partial<Record<keyof PolicyForm, string>>>;

const whole = (value: string): number | null => (/^\d+$/.test(value.trim()) ? Number(value.trim()) : null);
const lines = (value: string): string[] => [...new Set(value.split(/[\n,;]/).map((line) => line.trim()).filter(Boolean))];

/** What is wrong with the form, by field, in sentences. */
export function validate(form: PolicyForm): FormErrors {
  const errors: Partial<Record<keyof PolicyForm, string>> = {};
  const share = "Enter a whole number from 0 to 100, or leave it empty.";
  const count = "Enter a whole number, or leave it empty.";
  if (form.maxDeactivations.trim() !== "" && whole(form.maxDeactivations) === null) errors.maxDeactivations = count;
  for (const field of ["maxDeactivationShare", "maxRemovalShare"] as const) {
    const value = whole(form[field]);
    if (form[field].trim() !== "" && (value === null || value > 100)) errors[field] = share;
  }
  const limit = whole(form.userLimit);
  if (limit === null || limit === 0) errors.userLimit = "Enter how many people the directory may hold.";
  const bad = lines(form.protectedPeople).find((line) => !/^[^\s@]+@[^\s@]+$/.test(line));
  if (bad !== undefined) errors.protectedPeople = `“${bad}” is not an e-mail address.`;
  const notDomain = lines(form.typedDomains).find((line) => !/^[^\s@]+\.[^\s@.]+$/.test(line));
  if (notDomain !== undefined) errors.typedDomains = `“${notDomain}” is not a domain. Write it like example.com.`;
  return errors;
}

/** The policy that a valid form stands for; what the form does not show stays as it was. */
export function policyOf(form: PolicyForm, before: Policy): Policy {
  return {
    ...before,
    guards: { max_deactivations: whole(form.maxDeactivations), max_deactivation_share: whole(form.maxDeactivationShare), max_removal_share: whole(form.maxRemovalShare) },
    protected_people: lines(form.protectedPeople.toLowerCase()),
    protected_groups: lines(form.protectedGroups),
    group_management: form.groupManagement,
    domains: form.domains,
    typed_domains: lines(form.typedDomains.toLowerCase()),
    user_limit: whole(form.userLimit) ?? before.user_limit,
    deleted_users: form.deletedUsers,
  };
}
