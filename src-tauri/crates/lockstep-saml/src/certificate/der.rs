//! Just enough of DER to find where a value ends, and the certificates in a PKCS#7 bundle.

/// One value: its tag, its content, and everything of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    pub(super) whole: &'a [u8],
}

/// Why no value could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// It says that it is longer than what is there.
    Truncated,
    /// It is no definite-length value with a one-byte tag.
    Unknown,
}

pub(super) const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OBJECT_IDENTIFIER: u8 = 0x06;
const CONTEXT_0: u8 = 0xA0;
/// 1.2.840.113549.1.7.2, signedData.
const SIGNED_DATA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];

/// Reads the first value and returns what follows it.
pub(super) fn first(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), Shape> {
    let (&tag, rest) = bytes.split_first().ok_or(Shape::Truncated)?;
    let (&short, rest) = rest.split_first().ok_or(Shape::Truncated)?;
    let (length, rest) = match short {
        0..=0x7F => (usize::from(short), rest),
        0x81..=0x84 => {
            let count = usize::from(short - 0x80);
            let (digits, rest) = rest.split_at_checked(count).ok_or(Shape::Truncated)?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return Err(Shape::Unknown),
    };
    let (content, rest) = rest.split_at_checked(length).ok_or(Shape::Truncated)?;
    let whole = bytes.get(..bytes.len() - rest.len()).ok_or(Shape::Unknown)?;
    Ok((Value { tag, content, whole }, rest))
}

/// Returns the values that a constructed value consists of; stops at what is not one.
pub(super) fn children(mut content: &[u8]) -> Vec<Value<'_>> {
    let mut values = Vec::new();
    while let Ok((value, rest)) = first(content) {
        values.push(value);
        content = rest;
    }
    values
}

/// Returns the size in bits of the first integer of a sequence: an RSA key's modulus.
pub(super) fn integer_bits(sequence: &[u8]) -> Option<u32> {
    let (outer, _) = first(sequence).ok()?;
    let (modulus, _) = first(outer.content).ok()?;
    if outer.tag != SEQUENCE || modulus.tag != INTEGER {
        return None;
    }
    let digits =
        modulus.content.iter().position(|byte| *byte != 0).and_then(|at| modulus.content.get(at..))?;
    let bits = u32::try_from(digits.len()).ok()?.checked_mul(8)?;
    Some(bits - digits.first()?.leading_zeros())
}

/// Returns the certificates of a PKCS#7 bundle (RFC 2315 §9.1: ContentInfo with SignedData), in its order.
pub(super) fn pkcs7_certificates(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (info, _) = first(bytes).ok()?;
    let parts = children(info.content);
    let (kind, explicit) = (parts.first()?, parts.get(1)?);
    if kind.tag != OBJECT_IDENTIFIER || kind.content != SIGNED_DATA || explicit.tag != CONTEXT_0 {
        return None;
    }
    let (signed, _) = first(explicit.content).ok()?;
    let set = children(signed.content).into_iter().find(|part| part.tag == CONTEXT_0)?;
    Some(children(set.content).iter().map(|value| value.whole.to_vec()).collect())
}
