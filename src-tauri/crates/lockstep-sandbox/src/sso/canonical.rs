//! XML that is written in its exclusive canonical form (`http://www.w3.org/2001/10/xml-exc-c14n#`), so that its bytes
//! can be signed as they are.
//!
//! The writer's callers keep the rules that it cannot see: a namespace is declared where it is first used and nowhere
//! below, attributes come in alphabetical order, and there is no white space between elements.

/// Returns an element; attributes in the order given, namespace declarations first.
pub(super) fn element(name: &str, attributes: &[(&str, &str)], content: &str) -> String {
    let mut xml = format!("<{name}");
    for (attribute, value) in attributes {
        xml.push_str(&format!(" {attribute}=\"{}\"", attribute_text(value)));
    }
    xml.push_str(&format!(">{content}</{name}>"));
    xml
}

/// Escapes text as canonical XML does.
pub(super) fn text(text: &str) -> String {
    escape(text, &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('\r', "&#xD;")])
}

fn attribute_text(text: &str) -> String {
    let table =
        [('&', "&amp;"), ('<', "&lt;"), ('"', "&quot;"), ('\t', "&#x9;"), ('\n', "&#xA;"), ('\r', "&#xD;")];
    escape(text, &table)
}

fn escape(text: &str, table: &[(char, &str)]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match table.iter().find(|(other, _)| *other == letter) {
            Some((_, replacement)) => escaped.push_str(replacement),
            // What XML cannot hold at all is left out.
            None if letter < ' ' && !matches!(letter, '\t' | '\n') => {}
            None => escaped.push(letter),
        }
    }
    escaped
}
