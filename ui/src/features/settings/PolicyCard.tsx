import { Button, SegmentedControl, Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { call } from "../../api/call";
import { ErrorPanel } from "../../components/ErrorPanel";
import { notify } from "../../components/notify";
import { Card } from "../../components/Page";
import { type ConnectionView, platform, type Policy } from "../../platform";
import { formOf, policyOf, type PolicyForm, validate } from "./model";
import classes from "./SettingsPage.module.css";
import { texts } from "./texts";

const builtIn = { maxDeactivations: 25, maxDeactivationShare: 10, maxRemovalShare: 20 };

export function PolicyCard({ connection, isReadOnly }: { connection: ConnectionView; isReadOnly: boolean }) {
  const saved = connection.draft.policy;
  const [form, setForm] = useState<PolicyForm>(() => formOf(saved));
  const [wasTried, setTried] = useState(false);
  const save = useMutation({
    mutationFn: (policy: Policy) => call(platform().commands.setConnection(connection.connection_id, { ...connection.draft, policy })),
    onSuccess: (view) => {
      setForm(formOf(view.draft.policy));
      notify(texts.saved, texts.savedText);
    },
  });
  const errors = validate(form);
  const shown = wasTried ? errors : {};
  const isChanged = JSON.stringify(form) !== JSON.stringify(formOf(saved));
  const set = (change: Partial<PolicyForm>) => setForm((current) => ({ ...current, ...change }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(errors).length === 0) save.mutate(policyOf(form, saved));
  };
  const number = (field: "maxDeactivations" | "maxDeactivationShare" | "maxRemovalShare", label: string) => (
    <TextInput label={label} inputMode="numeric" placeholder={texts.builtIn(builtIn[field])} value={form[field]} error={shown[field]} onChange={(event) => set({ [field]: event.currentTarget.value })} />
  );
  return (
    <form onSubmit={submit} className={classes["cards"]} noValidate>
      <fieldset disabled={isReadOnly} className={classes["cards"]}>
        <Card title={texts.guards}>
          <div className={`card-b ${classes["stack"]}`}>
            <p className="t2">{texts.guardsText}</p>
            <div className={classes["three"]}>
              {number("maxDeactivations", texts.maxDeactivations)}
              {number("maxDeactivationShare", texts.maxDeactivationShare)}
              {number("maxRemovalShare", texts.maxRemovalShare)}
            </div>
            <div className={classes["two"]}>
              <Textarea label={texts.protectedPeople} description={texts.protectedPeopleHint} autosize minRows={2} maxRows={8} value={form.protectedPeople} error={shown.protectedPeople} onChange={(event) => set({ protectedPeople: event.currentTarget.value })} />
              <Textarea label={texts.protectedGroups} description={texts.protectedGroupsHint} autosize minRows={2} maxRows={8} value={form.protectedGroups} onChange={(event) => set({ protectedGroups: event.currentTarget.value })} />
            </div>
          </div>
        </Card>
        <Card title={texts.scope}>
          <div className={`card-b ${classes["stack"]}`}>
            <Switch label={texts.groupManagement} description={texts.groupManagementHint} checked={form.groupManagement} onChange={(event) => set({ groupManagement: event.currentTarget.checked })} />
            <div className={classes["two"]}>
              <div className={classes["field"]}>
                <span className={classes["label"]}>{texts.domains}</span>
                <SegmentedControl
                  aria-label={texts.domains}
                  value={form.domains}
                  onChange={(value) => set({ domains: value as Policy["domains"] })}
                  data={[
                    { value: "verified_only", label: texts.verifiedOnly },
                    { value: "any", label: texts.anyDomain },
                  ]}
                />
              </div>
              <div className={classes["field"]}>
                <span className={classes["label"]}>{texts.deletedUsers}</span>
                <SegmentedControl
                  aria-label={texts.deletedUsers}
                  value={form.deletedUsers}
                  onChange={(value) => set({ deletedUsers: value as Policy["deleted_users"] })}
                  data={[
                    { value: "deactivate", label: texts.deactivate },
                    { value: "delete", label: texts.delete },
                  ]}
                />
                {form.deletedUsers === "delete" && <p className="fs12 t2">{texts.deleteWarning}</p>}
              </div>
              <Textarea label={texts.typedDomains} description={texts.typedDomainsHint} autosize minRows={2} maxRows={8} value={form.typedDomains} error={shown.typedDomains} disabled={form.domains === "any"} onChange={(event) => set({ typedDomains: event.currentTarget.value })} />
              <TextInput label={texts.userLimit} inputMode="numeric" value={form.userLimit} error={shown.userLimit} onChange={(event) => set({ userLimit: event.currentTarget.value })} />
            </div>
          </div>
        </Card>
      </fieldset>
      {save.error && <ErrorPanel error={save.error} />}
      {isChanged && (
        <div className={classes["saveBar"]}>
          <span className="grow">{texts.unsaved}</span>
          <Button onClick={() => setForm(formOf(saved))}>{texts.discard}</Button>
          <Button type="submit" variant="filled" loading={save.isPending}>
            {texts.save}
          </Button>
        </div>
      )}
    </form>
  );
}
