//! The command line. Doc comments are the help texts; names are the headless contract's and never change.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use lockstep_core::attribute::Attribute;

/// Heading of the options that every command takes.
const GLOBAL: &str = "Options of every command";

/// Keeps Atlassian Cloud in step with JumpCloud, without a window.
#[derive(Debug, Parser)]
#[command(name = "lockstepctl", version, propagate_version = true)]
pub(crate) struct Cli {
    /// Data directory, shared with the desktop app.
    #[arg(long, global = true, env = "LOCKSTEP_DATA_DIR", value_name = "DIR", help_heading = GLOBAL, hide_env_values = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// Print exactly one JSON document on standard output, also for an error.
    #[arg(long, global = true, help_heading = GLOBAL)]
    pub(crate) json: bool,
    /// Log errors only.
    #[arg(long, short, global = true, conflicts_with = "verbose", help_heading = GLOBAL)]
    pub(crate) quiet: bool,
    /// Say more (`plan`: every attribute) and log more; twice for everything. Logs go to standard error.
    #[arg(long, short, global = true, action = clap::ArgAction::Count, help_heading = GLOBAL)]
    pub(crate) verbose: u8,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Connections: one JumpCloud application paired with one SCIM directory.
    #[command(subcommand)]
    Connection(ConnectionCommand),
    /// Shows the attribute mapping, or changes it: which JumpCloud field feeds which SCIM attribute.
    Mapping(MappingArgs),
    /// Keys: of JumpCloud, of the SCIM directory and of the organisation API.
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Reads both sides, computes what would change and prints it. Writes nothing outside the data directory.
    ///
    /// Exit code 2 says that there are operations to apply, 3 that all there is waits for a person.
    Plan {
        /// Connection.
        id: String,
        /// Save the same document to this file, for `apply --plan`.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Applies an approved plan, then reads back what was touched.
    ///
    /// Exit code 3 says that something waits for a person, 4 that operations failed or read back differently,
    /// 5 that the run was stopped.
    Apply(ApplyArgs),
    /// Answers a question of the latest plan; nothing is sent until the next `apply`.
    ///
    /// The answer is recorded with who gave it, when, and the facts it was given on; it is asked for again when these change.
    Decide(DecideArgs),
    /// Says why a person or a group is as it is, what will happen to it, and what would change that.
    ///
    /// From what was read last: it asks neither JumpCloud nor Atlassian.
    Explain(ExplainArgs),
    /// Takes operations out of quarantine, so that the next plan has them again.
    Retry {
        /// Connection.
        id: String,
        /// Only this operation.
        #[arg(long, value_name = "OPERATION")]
        operation: Option<String>,
    },
    /// Lists the runs of a connection, newest first.
    Runs {
        /// Connection.
        id: String,
    },
    /// Shows one run.
    Run {
        /// Run.
        run: String,
    },
    /// Prints the event log of a connection, or checks that it is as it was written.
    Events(EventsArgs),
    /// SAML: judges what signing in sent.
    #[command(subcommand)]
    Saml(SamlCommand),
    /// Sandbox: the built-in simulators of JumpCloud and Atlassian.
    #[command(subcommand)]
    Sandbox(SandboxCommand),
}

/// What `events` takes.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct EventsArgs {
    /// Check the log instead of printing it.
    #[command(subcommand)]
    pub(crate) check: Option<EventsCheck>,
    /// Connection; also one that was removed.
    #[arg(required = true)]
    pub(crate) id: Option<String>,
    /// Only events from this time on (RFC 3339).
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<jiff::Timestamp>,
    /// Only events of this type, for example `user_create_provision`.
    #[arg(long = "type", value_name = "NAME")]
    pub(crate) event_type: Option<String>,
    /// How to print them [default: jsonl; with --json one document with all of them].
    #[arg(long, value_enum)]
    pub(crate) format: Option<EventFormat>,
}

/// Checks of the event log.
#[derive(Debug, Subcommand)]
pub(crate) enum EventsCheck {
    /// Walks the log from its first record; exit code 6 says that it is not as it was written.
    Verify {
        /// Connection; also one that was removed.
        id: String,
        /// A hash that `events checkpoint` printed earlier: the log must still contain it, which shows a cut-off end.
        #[arg(long, value_name = "HASH", value_parser = hash)]
        checkpoint: Option<String>,
    },
    /// Prints the hash of the last record, to be kept elsewhere for `events verify`.
    Checkpoint {
        /// Connection; also one that was removed.
        id: String,
    },
}

/// A hash as the log writes it.
fn hash(text: &str) -> Result<String, &'static str> {
    let hash = text.trim().to_lowercase();
    match hash.strip_prefix("sha256:") {
        Some(digits) if digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            Ok(hash)
        }
        _ => Err("a checkpoint is `sha256:` and 64 hexadecimal digits"),
    }
}

/// What `mapping` takes.
#[derive(Debug, Args)]
pub(crate) struct MappingArgs {
    /// Connection.
    pub(crate) id: String,
    /// Neither send nor compare this attribute any more; repeatable.
    #[arg(long, value_name = "ATTRIBUTE", value_parser = attribute)]
    pub(crate) off: Vec<MappedAttribute>,
    /// Send and compare it again; repeatable.
    #[arg(long, value_name = "ATTRIBUTE", value_parser = attribute)]
    pub(crate) on: Vec<MappedAttribute>,
    /// Feed the attribute from this JumpCloud field or custom attribute; repeatable.
    #[arg(long, value_name = "ATTRIBUTE=JUMPCLOUD_FIELD", value_parser = source)]
    pub(crate) source: Vec<(MappedAttribute, String)>,
    /// Feed the attribute from its own field again; repeatable.
    #[arg(long, value_name = "ATTRIBUTE", value_parser = attribute)]
    pub(crate) default_source: Vec<MappedAttribute>,
}

impl MappingArgs {
    /// Whether nothing is to be changed.
    pub(crate) fn only_shows(&self) -> bool {
        self.off.is_empty() && self.on.is_empty() && self.source.is_empty() && self.default_source.is_empty()
    }
}

/// An attribute that the mapping names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MappedAttribute {
    /// One that is copied from a field.
    Copied(Attribute),
    /// `active`, which is decided and so cannot be changed here.
    Active,
}

/// Understands an attribute's name; SCIM's shorter and longer forms of the same are understood too.
fn attribute(text: &str) -> Result<MappedAttribute, String> {
    let name = match text.trim() {
        "emails" => "email",
        "phoneNumbers" => "phoneNumber",
        name => name,
    };
    if name.eq_ignore_ascii_case("active") {
        return Ok(MappedAttribute::Active);
    }
    let found = Attribute::from_name(name).or_else(|| Attribute::from_name(&format!("name.{name}")));
    found.map(MappedAttribute::Copied).ok_or_else(|| {
        let names: Vec<&str> = Attribute::ALL.iter().map(|attribute| attribute.name()).collect();
        format!("the attributes are {}", names.join(", "))
    })
}

/// Understands `ATTRIBUTE=JUMPCLOUD_FIELD`.
fn source(text: &str) -> Result<(MappedAttribute, String), String> {
    let (name, field) =
        text.split_once('=').ok_or("write ATTRIBUTE=JUMPCLOUD_FIELD, for example title=employeeType")?;
    Ok((attribute(name)?, field.trim().to_owned()))
}

/// Formats of the event log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EventFormat {
    /// One JSON object per line.
    Jsonl,
    /// Comma-separated values with a header; cells that a spreadsheet would take for a formula are defused.
    Csv,
}

/// What to do with connections.
#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// Adds a connection; it stays inactive until `activate`.
    Add {
        /// Name for people; the id is made from it.
        #[arg(long)]
        name: String,
        /// JumpCloud's console, for example `https://console.jumpcloud.com`.
        #[arg(long, value_name = "URL")]
        jumpcloud_url: String,
        /// Id of the SSO application in JumpCloud.
        #[arg(long, value_name = "ID")]
        application: String,
        /// SCIM base URL of the Atlassian directory.
        #[arg(long, value_name = "URL")]
        scim_url: String,
        /// Everything else.
        #[command(flatten)]
        options: Box<ConnectionOptions>,
    },
    /// Lists connections.
    List,
    /// Shows a connection.
    Show {
        /// Connection.
        id: String,
    },
    /// Changes a connection; what is not given stays.
    Set {
        /// Connection.
        id: String,
        /// Name for people; the id stays.
        #[arg(long)]
        name: Option<String>,
        /// JumpCloud's console.
        #[arg(long, value_name = "URL")]
        jumpcloud_url: Option<String>,
        /// Id of the SSO application in JumpCloud.
        #[arg(long, value_name = "ID")]
        application: Option<String>,
        /// SCIM base URL of the Atlassian directory.
        #[arg(long, value_name = "URL")]
        scim_url: Option<String>,
        /// Everything else.
        #[command(flatten)]
        options: Box<ConnectionOptions>,
    },
    /// Checks addresses, keys and what they give access to, a line each.
    Test {
        /// Connection.
        id: String,
    },
    /// Allows plans to be applied.
    Activate {
        /// Connection.
        id: String,
    },
    /// Forbids it again; people stay as they are.
    Deactivate {
        /// Connection.
        id: String,
    },
    /// Forgets a connection and its cache; nothing changes in JumpCloud or Atlassian, the event log stays readable.
    Remove {
        /// Connection.
        id: String,
        /// Says that it is meant.
        #[arg(long, required = true)]
        yes: bool,
    },
}

/// A switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnOff {
    /// On.
    On,
    /// Off.
    Off,
}

/// Who comes first under the user limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum UserOrderArg {
    /// By the time they came into scope.
    Joined,
    /// By name.
    Name,
    /// By JumpCloud's creation time.
    JumpcloudCreated,
}

/// What happens to people deleted in JumpCloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DeletedUsersArg {
    /// Deactivated; can be undone.
    Deactivate,
    /// Deleted; cannot be undone, asked for separately each time.
    Delete,
}

/// What `connection add` and `connection set` have in common.
#[derive(Debug, Args)]
pub(crate) struct ConnectionOptions {
    /// Directory Insights with its path; by default the region's.
    #[arg(long, value_name = "URL")]
    pub(crate) insights_url: Option<String>,
    /// JumpCloud organisation, for admins of several.
    #[arg(long, value_name = "ID")]
    pub(crate) jumpcloud_org: Option<String>,
    /// Host of Atlassian's organisation API, for example `https://api.atlassian.com`.
    #[arg(long, value_name = "URL")]
    pub(crate) organisation_url: Option<String>,
    /// Atlassian organisation id.
    #[arg(long, value_name = "ID")]
    pub(crate) organisation_id: Option<String>,
    /// Enable management of User Groups and Group Membership [default: on].
    #[arg(long, value_enum, value_name = "on|off")]
    pub(crate) group_management: Option<OnOff>,
    /// A verified domain; repeatable. `set` replaces the list.
    #[arg(long, value_name = "DOMAIN")]
    pub(crate) verified_domain: Vec<String>,
    /// Provision people of any domain.
    #[arg(long)]
    pub(crate) any_domain: bool,
    /// SCIM users that the directory may hold [default: 5000].
    #[arg(long, value_name = "N")]
    pub(crate) user_limit: Option<u32>,
    /// Who comes first under the limit [default: joined].
    #[arg(long, value_enum)]
    pub(crate) user_order: Option<UserOrderArg>,
    /// Hold deactivations and deletions above this number [default: 25].
    #[arg(long, value_name = "N")]
    pub(crate) max_deactivations: Option<u32>,
    /// … or above this share of the active linked people, in percent [default: 10].
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) max_deactivation_share: Option<u8>,
    /// Hold membership removals above this share of all memberships, in percent [default: 20].
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) max_removal_share: Option<u8>,
    /// Never touch this person; repeatable. `set` replaces the list.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) protect_person: Vec<String>,
    /// Never touch this group; repeatable. `set` replaces the list.
    #[arg(long, value_name = "NAME")]
    pub(crate) protect_group: Vec<String>,
    /// What happens to people deleted in JumpCloud [default: deactivate].
    #[arg(long, value_enum)]
    pub(crate) deleted_users: Option<DeletedUsersArg>,
    /// Requests in flight at most, per side [default: 16].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) concurrency: Option<u32>,
    /// Seconds between automatic reads.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) read_interval: Option<u32>,
}

/// Keys.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretCommand {
    /// Stores a key in the operating system's secret store; its value is read from standard input, never from the command line.
    Set {
        /// Connection.
        id: String,
        /// Which key.
        #[arg(value_enum)]
        kind: SecretKindArg,
    },
}

/// The three keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SecretKindArg {
    /// JumpCloud API key.
    Jumpcloud,
    /// SCIM key of the directory.
    Scim,
    /// Organisation API key.
    Organisation,
}

/// What `apply` takes.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["plan", "approve_all"])))]
pub(crate) struct ApplyArgs {
    /// Connection.
    pub(crate) id: String,
    /// Apply exactly this saved plan.
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// Compute a plan now and apply what needs nobody.
    #[arg(long)]
    pub(crate) approve_all: bool,
    /// Override tripped guards for this plan; the reason is recorded.
    #[arg(long, value_name = "REASON", value_parser = reason)]
    pub(crate) override_guard: Option<String>,
    /// Allow irreversible operations of the saved plan: all of them, or with `=LABEL` those of the
    /// one object that bears the label, or with an operation's id that one; repeatable.
    #[arg(long, value_name = "LABEL", num_args = 0..=1, require_equals = true, default_missing_value = "",
          conflicts_with = "approve_all")]
    pub(crate) allow_irreversible: Vec<String>,
}

/// What `decide` takes.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("question").required(true).args(["group", "conflict"])))]
pub(crate) struct DecideArgs {
    /// Connection.
    pub(crate) id: String,
    /// The question about this group.
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,
    /// The question with this id, as the plan names it.
    #[arg(long, value_name = "CONFLICT")]
    pub(crate) conflict: Option<String>,
    /// One of the question's choices; for a group that exists already: `take-over`, `keep-others`, `leave-alone`, `rename:NEW`
    /// or `later`.
    pub(crate) choice: String,
}

/// What `explain` takes.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("subject").required(true).args(["person", "group"])))]
pub(crate) struct ExplainArgs {
    /// Connection.
    pub(crate) id: String,
    /// Explain this person.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) person: Option<String>,
    /// Explain this group.
    #[arg(long, value_name = "NAME")]
    pub(crate) group: Option<String>,
}

/// A reason is recorded, so that it must say something.
fn reason(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("say why the guards are overridden; it is recorded with who did it"),
        reason => Ok(reason.to_owned()),
    }
}

/// SAML.
#[derive(Debug, Subcommand)]
pub(crate) enum SamlCommand {
    /// Judges a SAML response, offline: who signed it, for whom, until when, and which field to change.
    ///
    /// Exit code 6 says that it is invalid or unreadable.
    Inspect(InspectArgs),
}

/// What `saml inspect` takes.
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Take the expected values from this connection.
    #[arg(long, value_name = "ID",
          conflicts_with_all = ["certificate", "idp_entity_id", "sp_entity_id", "acs_url"])]
    pub(crate) connection: Option<String>,
    /// The certificate that Atlassian was given, in any form.
    #[arg(long, value_name = "FILE", required_unless_present = "connection")]
    pub(crate) certificate: Option<PathBuf>,
    /// IdP Entity ID; without it the issuer is not compared.
    #[arg(long, value_name = "X")]
    pub(crate) idp_entity_id: Option<String>,
    /// SP Entity ID; without it the audience is not compared.
    #[arg(long, value_name = "X")]
    pub(crate) sp_entity_id: Option<String>,
    /// SP ACS URL; without it recipient and destination are not compared.
    #[arg(long, value_name = "X")]
    pub(crate) acs_url: Option<String>,
    /// E-mail address of the Atlassian account that signs in.
    #[arg(long, value_name = "E")]
    pub(crate) name_id_email: Option<String>,
    /// Judge at this time instead of now (RFC 3339).
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<jiff::Timestamp>,
    /// Seconds by which clocks may differ.
    #[arg(long, value_name = "SECONDS", default_value_t = 180)]
    pub(crate) skew: u32,
    /// The response as base64, URL-encoded, deflated, HTML form, HAR or XML; `-` reads standard input.
    #[arg(value_name = "FILE|-")]
    pub(crate) file: PathBuf,
}

/// The sandbox.
#[derive(Debug, Subcommand)]
pub(crate) enum SandboxCommand {
    /// Serves the simulators on loopback, prints their addresses, keys and ids as JSON, and runs until stopped.
    Serve {
        /// Seeded organisation: `small`, `medium`, `large`, `empty`, `unbound`, `foreign-application`, or
        /// `custom:people=N,groups=M,memberships=K`.
        #[arg(long, value_name = "NAME", default_value = "small")]
        scenario: String,
        /// The same seed makes the same organisation.
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        /// Port; 0 takes a free one.
        #[arg(long, value_name = "P", default_value_t = 0)]
        port: u16,
        /// A fault to play, for example `rate-limit:rate=10,retry-after=1`; repeatable.
        #[arg(long, value_name = "SPEC")]
        fault: Vec<String>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_guard_is_overridden_for_a_reason_only() {
        let parse = |reason| {
            Cli::try_parse_from(["lockstepctl", "apply", "a", "--approve-all", "--override-guard", reason])
        };
        assert!(parse(" ").is_err(), "a blank is no reason");
        assert!(parse("Left with the office in Oslo").is_ok(), "a reason");
    }

    #[test]
    fn irreversible_is_refused_with_approve_all() {
        let parse = |args: &[&str]| Cli::try_parse_from([&["lockstepctl", "apply", "a"], args].concat());
        assert!(parse(&["--approve-all", "--allow-irreversible"]).is_err(), "it goes with a saved plan only");
        assert!(parse(&["--plan", "p.json", "--allow-irreversible"]).is_ok(), "bare");
        let with_labels = parse(&["--plan", "p.json", "--allow-irreversible=A", "--allow-irreversible=B"]);
        let Ok(Cli { command: Command::Apply(args), .. }) = with_labels else {
            panic!("labels are accepted: {with_labels:?}")
        };
        assert_eq!(args.allow_irreversible, ["A", "B"], "every label is kept");
    }
}
