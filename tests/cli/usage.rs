//! Wrong usage of the command line, help, and what `--json` makes of it.

use std::process::Stdio;

use crate::site::{Answer, assert_text, finished, program};

fn run(arguments: &[&str]) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program();
    command.args(arguments).env("LOCKSTEP_DATA_DIR", folder.path().join("data"));
    finished(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
}

#[test]
fn wrong_usage_exits_64_on_standard_error() {
    for arguments in [
        &["frobnicate"][..],
        &[],
        &["plan"],
        &["plan", "acme", "--frobnicate"],
        &["apply", "acme"],
        &["apply", "acme", "--approve-all", "--plan", "p.json"],
        &["apply", "acme", "--approve-all", "--allow-irreversible"],
        &["apply", "acme", "--approve-all", "--allow-irreversible=Old"],
        &["apply", "acme", "--approve-all", "--override-guard", " "],
        &["connection", "remove", "acme"],
        &["connection", "add", "--name", "acme"],
        &["connection", "set", "acme", "--group-management", "perhaps"],
        &["connection", "set", "acme", "--max-removal-share", "101"],
        &["connection", "set", "acme", "--concurrency", "0"],
        &["secret", "set", "acme", "frobnicator"],
        &["events", "acme", "--since", "yesterday"],
        &["events", "acme", "--format", "xml"],
        &["decide", "acme", "take-over"],
        &["decide", "acme", "--group", "Design"],
        &["decide", "acme", "--group", "Design", "--conflict", "conflict-1", "later"],
        &["explain", "acme"],
        &["explain", "acme", "--person", "ada@halden.example", "--group", "Design"],
        &["events"],
        &["events", "verify"],
        &["events", "verify", "acme", "--checkpoint", "abc"],
        &["events", "acme", "--type", "x", "verify", "acme"],
        &["mapping", "acme", "--off", "shoeSize"],
        &["mapping", "acme", "--source", "title"],
        &["-q", "-v", "connection", "list"],
    ] {
        let answer = run(arguments).exits(64);
        assert_eq!(answer.stdout, "", "{arguments:?}: standard output is for answers");
        assert!(!answer.stderr.is_empty(), "{arguments:?}: it says what is wrong");
        let answer = run(&[&["--json"], arguments].concat()).exits(64);
        let (message, hints) = answer.error();
        assert!(!message.is_empty() && !message.contains('\n'), "{arguments:?}: one line: {message}");
        assert!(hints.contains("lockstepctl help"), "{arguments:?}: {hints}");
    }
}

#[test]
fn a_usage_error_as_a_document_names_what_is_missing_and_what_was_meant() {
    assert_text!(run(&["connection", "add", "--name", "acme", "--json"]).stdout, @r#"
    {
      "error": {
        "code": "invalid_input",
        "message": "The following required arguments were not provided: --jumpcloud-url <URL> --application <ID> --scim-url <URL>",
        "cause": "",
        "hints": [
          "See `lockstepctl help` for the commands and their options"
        ]
      }
    }
    "#);
    assert_text!(run(&["--json", "plam", "acme"]).stdout, @r#"
    {
      "error": {
        "code": "invalid_input",
        "message": "Unrecognized subcommand 'plam'",
        "cause": "",
        "hints": [
          "some similar subcommands exist: 'explain', 'plan'",
          "See `lockstepctl help` for the commands and their options"
        ]
      }
    }
    "#);
    assert_text!(run(&["--json"]).stdout, @r#"
    {
      "error": {
        "code": "invalid_input",
        "message": "'lockstepctl' requires a subcommand but one was not provided [subcommands: connection, mapping, secret, plan, apply, decide, explain, retry, runs, run, events, saml, sandbox, help]",
        "cause": "",
        "hints": [
          "See `lockstepctl help` for the commands and their options"
        ]
      }
    }
    "#);
}

#[test]
fn help_and_version_are_answers() {
    for arguments in [&["help"][..], &["--help"], &["connection", "add", "--help"], &["--version"]] {
        let answer = run(arguments).exits(0);
        assert!(!answer.stdout.is_empty(), "{arguments:?}");
    }
    assert_text!(run(&["help"]).stdout, @r"
    Keeps Atlassian Cloud in step with JumpCloud, without a window

    Usage: lockstepctl [OPTIONS] <COMMAND>

    Commands:
      connection  Connections: one JumpCloud application paired with one SCIM directory
      mapping     Shows the attribute mapping, or changes it: which JumpCloud field feeds which SCIM
                  attribute
      secret      Keys: of JumpCloud, of the SCIM directory and of the organisation API
      plan        Reads both sides, computes what would change and prints it. Writes nothing outside the
                  data directory
      apply       Applies an approved plan, then reads back what was touched
      decide      Answers a question of the latest plan; nothing is sent until the next `apply`
      explain     Says why a person or a group is as it is, what will happen to it, and what would
                  change that
      retry       Takes operations out of quarantine, so that the next plan has them again
      runs        Lists the runs of a connection, newest first
      run         Shows one run
      events      Prints the event log of a connection, or checks that it is as it was written
      saml        SAML: judges what signing in sent
      sandbox     Sandbox: the built-in simulators of JumpCloud and Atlassian
      help        Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Options of every command:
          --data-dir <DIR>  Data directory, shared with the desktop app [env: LOCKSTEP_DATA_DIR]
          --json            Print exactly one JSON document on standard output, also for an error
      -q, --quiet           Log errors only
      -v, --verbose...      Say more (`plan`: every attribute) and log more; twice for everything. Logs
                            go to standard error
    ");
    assert_text!(run(&["apply", "--help"]).stdout, @r"
    Applies an approved plan, then reads back what was touched.

    Exit code 3 says that something waits for a person, 4 that operations failed or read back
    differently, 5 that the run was stopped.

    Usage: lockstepctl apply [OPTIONS] <--plan <FILE>|--approve-all> <ID>

    Arguments:
      <ID>
              Connection

    Options:
          --plan <FILE>
              Apply exactly this saved plan

          --approve-all
              Compute a plan now and apply what needs nobody

          --override-guard <REASON>
              Override tripped guards for this plan; the reason is recorded

          --allow-irreversible[=<LABEL>]
              Allow irreversible operations of the saved plan: all of them, or with `=LABEL` those of
              the one object that bears the label, or with an operation's id that one; repeatable

      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Options of every command:
          --data-dir <DIR>
              Data directory, shared with the desktop app
              
              [env: LOCKSTEP_DATA_DIR]

          --json
              Print exactly one JSON document on standard output, also for an error

      -q, --quiet
              Log errors only

      -v, --verbose...
              Say more (`plan`: every attribute) and log more; twice for everything. Logs go to standard
              error
    ");
}

#[test]
fn a_key_given_as_an_argument_is_refused_and_not_repeated() {
    for json in [&["--json"][..], &[]] {
        let answer = run(&[json, &["secret", "set", "acme", "scim", "the-key-itself"]].concat()).exits(64);
        let said = format!("{}{}", answer.stdout, answer.stderr);
        assert!(said.contains("standard input"), "it says how: {said}");
        assert!(!said.contains("the-key-itself"), "never printed: {said}");
    }
}
