import { Button, PasswordInput, Select, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { IconAlertTriangle, IconChevronLeft, IconCircleCheck, IconInfoCircle, IconPlugConnected, IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { call } from "../../api/call";
import { refreshSession } from "../../api/queries";
import { Banner } from "../../components/Banner";
import { Checks } from "../../components/Checks";
import { ErrorPanel } from "../../components/ErrorPanel";
import { ActionBar } from "../../components/Page";
import { Side } from "../../components/Side";
import { type ConnectionDraft, platform } from "../../platform";
import { type ConnectErrors, type ConnectForm, draftOf, emptyForm, jumpcloudUrlOf, keysOf, type Region, regions, rememberedForm, rememberForm, validate, validateJumpcloud } from "./connectModel";
import { texts } from "./connectTexts";
import classes from "./ConnectPage.module.css";

export function ConnectPage() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [form, setForm] = useState<ConnectForm>(rememberedForm);
  const [errors, setErrors] = useState<ConnectErrors>({});
  const [testedAs, setTestedAs] = useState<ConnectForm | null>(null);
  const defaults = useQuery({ queryKey: ["session", "defaults"], queryFn: () => platform().commands.draftDefaults() });
  const set = (change: Partial<ConnectForm>) => {
    const next = { ...form, ...change };
    rememberForm(next);
    setForm(next);
    setErrors((current) => Object.fromEntries(Object.entries(current).filter(([field]) => !(field in change))));
  };

  const applications = useMutation({
    mutationFn: (base: ConnectionDraft) => call(platform().commands.listApplications({ ...draftOf(form, base).endpoints, jumpcloud_url: jumpcloudUrlOf(form) }, keysOf(form))),
    onSuccess: (found) => {
      const atlassian = found.filter((each) => each.is_atlassian);
      if (form.application === "" && atlassian.length === 1 && atlassian[0]) set({ application: atlassian[0].id });
    },
  });
  const test = useMutation({ mutationFn: (base: ConnectionDraft) => call(platform().commands.testDraft(draftOf(form, base), keysOf(form))), onSuccess: () => setTestedAs(form) });
  const save = useMutation({
    mutationFn: (base: ConnectionDraft) => call(platform().commands.addConnection(draftOf(form, base), keysOf(form))),
    onSuccess: async (view) => {
      rememberForm(emptyForm);
      await refreshSession(client);
      void navigate({ to: "/c/$connection/overview", params: { connection: view.connection_id } });
    },
  });
  const whenReady = (found: ConnectErrors, then: (base: ConnectionDraft) => void) => {
    setErrors(found);
    const first = Object.keys(found)[0];
    if (first !== undefined) document.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
    else if (defaults.data) then(defaults.data);
  };

  const checks = testedAs === form ? test.data : undefined;
  const answer = useRef<HTMLDivElement>(null);
  // The answer stands below a long form; whoever asked sees it.
  useEffect(() => {
    if (checks !== undefined || test.error !== null || save.error !== null) answer.current?.scrollIntoView({ block: "start" });
  }, [checks, test.error, save.error]);
  const allPassed = checks?.every((check) => check.ok) ?? false;
  const field = (name: keyof ConnectForm) => ({ name, value: form[name], error: errors[name], onChange: (event: { currentTarget: { value: string } }) => set({ [name]: event.currentTarget.value }), autoComplete: "off", spellCheck: false });

  return (
    <div className={classes["page"]}>
      <header className={classes["head"]}>
        <Button size="compact-sm" variant="subtle" color="gray" leftSection={<IconChevronLeft size={16} stroke={1.75} aria-hidden />} renderRoot={(props) => <Link {...props} to="/welcome" />}>
          {texts.back}
        </Button>
        <h1>{texts.title}</h1>
      </header>
      <main className={classes["main"]}>
        <div className={classes["scroll"]}>
        <form
          className={classes["form"]}
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            whenReady(validate(form), (base) => test.mutate(base));
          }}
        >
          <p className="t2">{texts.lead}</p>
          <TextInput label={texts.name} placeholder={texts.namePlaceholder} {...field("name")} />

          <section className={`card ${classes["section"]}`} aria-labelledby="jumpcloud">
            <h2 id="jumpcloud">
              <Side of="jumpcloud" />
              {texts.jumpcloud}
            </h2>
            <div className={classes["two"]}>
              <Select label={texts.region} data={regions.map(({ value, label }) => ({ value, label }))} value={form.region} onChange={(value) => set({ region: (value ?? "us") as Region })} />
              {form.region === "other" ? <TextInput label={texts.url} placeholder="https://console.jumpcloud.com" {...field("jumpcloudUrl")} /> : <TextInput label={texts.url} value={jumpcloudUrlOf(form)} readOnly />}
              <PasswordInput label={texts.apiKey} description={texts.apiKeyHint} {...field("jumpcloudKey")} />
              <TextInput label={texts.organisation} description={texts.organisationHint} {...field("jumpcloudOrganisation")} />
            </div>
            <div className={classes["picker"]}>
              <Select
                name="application"
                label={texts.application}
                description={texts.applicationHint}
                placeholder={applications.data ? texts.applicationPick : texts.applicationFirst}
                disabled={!applications.data}
                value={form.application === "" ? null : form.application}
                error={errors.application}
                onChange={(value) => set({ application: value ?? "" })}
                data={(applications.data ?? []).map((each) => ({ value: each.id, label: each.is_atlassian ? each.label : `${each.label} (not Atlassian’s)` }))}
              />
              <Button loading={applications.isPending} leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />} onClick={() => whenReady(validateJumpcloud(form), (base) => applications.mutate(base))}>
                {texts.findApplications}
              </Button>
            </div>
            {applications.error && <ErrorPanel error={applications.error} />}
            {applications.data?.length === 0 && <p className="fs12 t2">This JumpCloud organisation has no SSO application yet. Create one in its Admin Portal first.</p>}
          </section>

          <section className={`card ${classes["section"]}`} aria-labelledby="atlassian">
            <h2 id="atlassian">
              <Side of="atlassian" />
              {texts.atlassian}
            </h2>
            <TextInput label={texts.scimUrl} description={texts.scimUrlHint} placeholder="https://api.atlassian.com/scim/directory/…" {...field("scimUrl")} />
            <PasswordInput label={texts.scimKey} description={texts.scimKeyHint} {...field("scimKey")} />
            <Textarea label={texts.domains} description={texts.domainsHint} placeholder="example.com" autosize minRows={1} maxRows={5} {...field("domains")} />
            <h3>{texts.organisationKeyTitle}</h3>
            <p className={`t2 ${classes["tight"]}`}>{texts.organisationKeyText}</p>
            <div className={classes["two"]}>
              <TextInput label={texts.atlassianOrganisation} {...field("organisationId")} />
              <PasswordInput label={texts.organisationKey} {...field("organisationKey")} />
            </div>
          </section>

          <div ref={answer} className={classes["answer"]}>
            {defaults.error && <ErrorPanel error={defaults.error} onRetry={() => void defaults.refetch()} />}
            {test.error && <ErrorPanel error={test.error} />}
            {save.error && <ErrorPanel error={save.error} />}
            {checks && (
              <>
                <Banner tone={allPassed ? "ok" : "warn"} icon={allPassed ? IconCircleCheck : IconAlertTriangle} title={allPassed ? texts.tested : texts.failedTitle}>
                  <p>{allPassed ? texts.testedText : texts.failedText}</p>
                </Banner>
                <Checks checks={checks} />
              </>
            )}
          </div>
        </form>
        </div>
        <ActionBar
        icon={<IconInfoCircle className="i c-3" size={20} stroke={1.75} aria-hidden />}
        title={allPassed ? texts.tested : checks ? texts.failedTitle : texts.testFirst}
        actions={
          <>
            <Button variant={checks ? "default" : "filled"} loading={test.isPending} leftSection={<IconPlugConnected size={16} stroke={1.75} aria-hidden />} onClick={() => whenReady(validate(form), (base) => test.mutate(base))}>
              {checks ? texts.testAgain : texts.test}
            </Button>
            {checks && (
              <Button variant={allPassed ? "filled" : "default"} loading={save.isPending} onClick={() => whenReady(validate(form), (base) => save.mutate(base))}>
                {allPassed ? texts.save : texts.saveAnyway}
              </Button>
            )}
          </>
        }
      >
        {test.isPending ? texts.testing : texts.stored}
        </ActionBar>
      </main>
    </div>
  );
}
