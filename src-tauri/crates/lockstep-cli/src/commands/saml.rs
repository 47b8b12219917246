//! `saml inspect`: reads a response and what it is judged against, and prints the judgement.

use std::io::Read;
use std::path::Path;

use lockstep_core::ids::ConnectionId;
use lockstep_engine::Engine;
use lockstep_engine::error::{EngineError, ErrorCode};
use lockstep_saml::certificate::CertificateReading;
use lockstep_saml::inspection::{Assertion, Certificates, Finding, InputForm, Severity, SignedPart};
use lockstep_saml::{Certificate, Expectations, Inspection, read_certificate};
use serde::Serialize;

use crate::args::InspectArgs;
use crate::exit::Exit;
use crate::output::Output;

/// Somewhat more than the inspector accepts, so that it can say itself that it is too much.
const MAX_READ: u64 = 33 * 1024 * 1024;

/// Judges a response. Only a connection's values need the engine.
pub(crate) async fn inspect(
    engine: Option<&Engine>,
    args: &InspectArgs,
    output: Output,
) -> Result<Exit, EngineError> {
    let mut expectations = match (engine, &args.connection) {
        (Some(engine), Some(id)) => of_connection(engine, &id.as_str().into()).await?,
        _ => given(args)?,
    };
    expectations.name_id.clone_from(&args.name_id_email);
    expectations.skew_seconds = args.skew;
    let input = read(&args.file)?;
    let at = args.at.unwrap_or_else(jiff::Timestamp::now);
    let inspection = lockstep_saml::inspect(&input, &expectations, at);
    output.print(&InspectionDocument::from(&inspection), || text(&inspection));
    Ok(if inspection.valid { Exit::Done } else { Exit::CheckFailed })
}

/// The values of a connection. None has any yet: single sign-on cannot be set up with this version.
async fn of_connection(engine: &Engine, id: &ConnectionId) -> Result<Expectations, EngineError> {
    let view = engine.connection(id).await?;
    let message = format!("The connection {} has no values of single sign-on", view.connection_id);
    Err(EngineError::new(ErrorCode::NotConfigured, message)
        .hint("Give them: --certificate FILE --idp-entity-id X --sp-entity-id X --acs-url X"))
}

/// The values of the command line.
fn given(args: &InspectArgs) -> Result<Expectations, EngineError> {
    Ok(Expectations {
        certificate: args.certificate.as_deref().map(certificate).transpose()?,
        idp_entity_id: args.idp_entity_id.clone(),
        sp_entity_id: args.sp_entity_id.clone(),
        acs_url: args.acs_url.clone(),
        ..Expectations::default()
    })
}

fn certificate(path: &Path) -> Result<Certificate, EngineError> {
    let reading = read_certificate(&read(path)?);
    for damage in &reading.damages {
        tracing::info!(kind = ?damage.kind, "{}", damage.text);
    }
    reading.certificate.clone().ok_or_else(|| no_certificate(path, &reading))
}

fn no_certificate(path: &Path, reading: &CertificateReading) -> EngineError {
    let message = format!("{} holds no certificate that can be used", path.display());
    let error = EngineError::new(ErrorCode::InvalidInput, message);
    if let Some(wrong) = &reading.wrong_kind {
        return error.hint(wrong.text.clone()).hint(wrong.fix.clone());
    }
    let damages = reading.damages.iter().filter(|damage| !damage.is_repaired);
    let error = damages.fold(error, |error, damage| error.hint(damage.text.clone()));
    error.hint("Download the certificate from JumpCloud again and use that file as it is")
}

fn read(path: &Path) -> Result<Vec<u8>, EngineError> {
    let mut bytes = Vec::new();
    let result = if path == Path::new("-") {
        std::io::stdin().lock().take(MAX_READ).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(MAX_READ).read_to_end(&mut bytes))
    };
    match result {
        Ok(_) => Ok(bytes),
        Err(error) => {
            let message = format!("{} could not be read", path.display());
            Err(EngineError::new(ErrorCode::InvalidInput, message).caused_by(error))
        }
    }
}

/// A judgement as the contract writes it. The response itself is left out: it names a person.
#[derive(Debug, Serialize)]
struct InspectionDocument<'a> {
    valid: bool,
    findings: &'a [Finding],
    assertion: &'a Assertion,
    certificates: &'a Certificates,
    read_as: &'a [InputForm],
    at: jiff::Timestamp,
    skew_seconds: u32,
}

impl<'a> From<&'a Inspection> for InspectionDocument<'a> {
    fn from(inspection: &'a Inspection) -> Self {
        Self {
            valid: inspection.valid,
            findings: &inspection.findings,
            assertion: &inspection.assertion,
            certificates: &inspection.certificates,
            read_as: &inspection.read_as,
            at: inspection.at,
            skew_seconds: inspection.skew_seconds,
        }
    }
}

/// Returns a judgement's text for people.
fn text(inspection: &Inspection) -> String {
    let mut text = if inspection.valid {
        format!("Valid at {}.\n", inspection.at)
    } else {
        format!("Not valid at {}.\n", inspection.at)
    };
    for finding in &inspection.findings {
        text.push_str(&finding_text(finding));
    }
    let mut row = |what: &str, value: Option<&str>| {
        if let Some(value) = value {
            text.push_str(&format!("  {what:<18}{value}\n"));
        }
    };
    let assertion = &inspection.assertion;
    if assertion.signed != SignedPart::None {
        let signed = match assertion.signed {
            SignedPart::Response => "the response",
            SignedPart::Assertion => "the assertion",
            SignedPart::Both => "response and assertion",
            SignedPart::None => "nothing",
        };
        row("signed", Some(signed));
        row("issuer", assertion.issuer.as_deref());
        row("NameID", assertion.name_id.as_deref());
        row("audience", assertion.audience.as_deref());
        row("recipient", assertion.recipient.as_deref());
        row("not before", assertion.not_before.map(|time| time.to_string()).as_deref());
        row("not on or after", assertion.not_on_or_after.map(|time| time.to_string()).as_deref());
        for (name, values) in &assertion.attributes {
            row("attribute", Some(&format!("{name} = {}", values.join(", "))));
        }
    }
    let expected = inspection.certificates.expected.iter().map(|facts| ("expected", facts));
    let carried = inspection.certificates.in_response.iter().map(|facts| ("in the response", facts));
    for (whose, facts) in expected.chain(carried) {
        let thumbprints = format!("{}, SHA-1 {}, SHA-256 {}", facts.subject, facts.sha1, facts.sha256);
        row(&format!("{whose}:"), Some(&thumbprints));
    }
    text
}

fn finding_text(finding: &Finding) -> String {
    let weight = match finding.severity {
        Severity::Error => "ERROR   ",
        Severity::Warning => "warning ",
        Severity::Info => "info    ",
    };
    let mut text = format!("{weight}{}\n", finding.text);
    let mut row = |what: &str, value: Option<&str>| {
        if let Some(value) = value {
            text.push_str(&format!("        {what:<10}{value}\n"));
        }
    };
    row("expected", finding.expected.as_deref());
    row("found", finding.found.as_deref());
    if finding.severity != Severity::Info {
        row("where", Some(&finding.place));
        row("fix", Some(&finding.fix));
        row("Atlassian", finding.atlassian_error.as_deref());
    }
    text
}
