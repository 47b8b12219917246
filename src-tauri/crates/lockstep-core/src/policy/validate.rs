//! What is wrong with a policy before any plan is made.

use crate::attribute::{Attribute, SourceField};
use crate::email;
use crate::finding::{Finding, Severity};
use crate::policy::{DomainPolicy, Policy};

/// Returns what is wrong with a policy or worth knowing about it; errors first, in a fixed order.
pub fn validate(policy: &Policy) -> Vec<Finding> {
    let mut findings = Vec::new();
    for attribute in policy.mapping.off.iter().filter(|attribute| !attribute.is_optional()) {
        findings.push(error(
            "mapping_required",
            format!(
                "{} cannot be switched off: without it a person cannot be recognised. Switch it on again.",
                attribute.name()
            ),
        ));
    }
    for (attribute, source) in &policy.mapping.source {
        if *attribute == Attribute::ExternalId {
            findings.push(error(
                "mapping_fixed",
                "externalId always holds the JumpCloud id; it cannot be fed from another field.".to_owned(),
            ));
        } else if source.trim().is_empty() {
            findings.push(error(
                "mapping_without_source",
                format!(
                    "{} has no JumpCloud field to come from. Name one, or switch it off.",
                    attribute.name()
                ),
            ));
        } else if SourceField::from_name(source).is_none() {
            findings.push(Finding {
                severity: Severity::Info,
                code: "mapping_custom_attribute".to_owned(),
                text: format!(
                    "{} comes from the custom attribute {source}; people without it get no value.",
                    attribute.name()
                ),
                subjects: Vec::new(),
            });
        }
    }
    for domain in &policy.typed_domains {
        if email::domain(&format!("x@{domain}")).is_none() || !domain.contains('.') {
            findings.push(error(
                "domain_malformed",
                format!("“{domain}” is no domain. Write it like example.com, without @ and without https."),
            ));
        }
    }
    for address in &policy.protected_people {
        if !email::is_address(address) {
            findings.push(error(
                "protected_person_malformed",
                format!("“{address}” is no e-mail address, so nobody would be protected by it."),
            ));
        }
    }
    if policy.user_limit == 0 {
        findings.push(error(
            "user_limit_zero",
            "The user limit is 0, so nobody could be created. Atlassian's limit is in its documentation."
                .to_owned(),
        ));
    }
    for (name, share) in [
        ("deactivations", policy.guards.max_deactivation_share),
        ("removed memberships", policy.guards.max_removal_share),
    ] {
        if share.is_some_and(|percent| percent > 100) {
            findings.push(error(
                "guard_share_too_large",
                format!("The guard's share of {name} is above 100 %, so it would never trip. Use 0 to 100."),
            ));
        }
    }
    if policy.domains == DomainPolicy::Any && !policy.typed_domains.is_empty() {
        findings.push(Finding {
            severity: Severity::Info,
            code: "domains_ignored".to_owned(),
            text: "The typed domains play no part while people of any domain may be provisioned.".to_owned(),
            subjects: Vec::new(),
        });
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn error(code: &str, text: String) -> Finding {
    Finding { severity: Severity::Error, code: code.to_owned(), text, subjects: Vec::new() }
}
