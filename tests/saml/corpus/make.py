#!/usr/bin/env python3
"""Writes the corpus of SAML responses beside this file, with libraries that share nothing with Lockstep.

    python3 -m venv venv && venv/bin/pip install signxml==5.2.0 pysaml2==7.5.5 && apt-get install xmlsec1
    venv/bin/python make.py

Signers: signxml (most), xmlsec1 (`by_xmlsec1*`), pysaml2 (`by_pysaml2*`). The keys are made anew each time and are
thrown away: they were never anybody's, and only their certificates (CN=... TEST ONLY) are kept. So the whole corpus
changes when it is written again. All times are fixed: the responses are good at 2026-06-01T12:00:00Z.

`corpus.json` says of each file which finding it must lead to; an empty list means that it is accepted.
"""

import base64
import copy
import datetime
import hmac
import json
import pathlib
import re
import subprocess
import tempfile
import urllib.parse
import zlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
    XMLSigner,
)

HERE = pathlib.Path(__file__).parent
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
NS = {"samlp": SAMLP, "saml": SAML, "ds": DS}

IDP = "https://sso.jumpcloud.com/saml2/acme-atlassian"
SP = "https://auth.atlassian.com/saml/5f3c9a52-1d7e-4b7c-9f0e-0a1b2c3d4e5f"
ACS = "https://auth.atlassian.com/login/callback?connection=saml-5f3c9a52-1d7e-4b7c-9f0e-0a1b2c3d4e5f"
ADA = "ada@acme.example"
EVIL = "evil@attacker.example"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"

corpus = {}


class AnySigner(XMLSigner):
    """Signs with what a good library refuses, because that is what must be recognised."""

    def check_deprecated_methods(self):
        pass


def certificate(key, name, begin, end, digest=hashes.SHA256()):
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acme"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name} TEST ONLY"),
        ]
    )
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(begin).not_valid_after(end)
    return builder.sign(key, digest)


def pem(value):
    return value.public_bytes(serialization.Encoding.PEM)


def rsa_key(bits=2048):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def year(n):
    return datetime.datetime(n, 1, 1, tzinfo=datetime.timezone.utc)


KEYS = {"idp": rsa_key(), "other": rsa_key(), "expired": rsa_key(), "weak": rsa_key(1024), "soon": rsa_key(), "ec": ec.generate_private_key(ec.SECP256R1())}
LIVES = {"expired": (year(2020), year(2025)), "soon": (year(2022), datetime.datetime(2026, 6, 20, tzinfo=datetime.timezone.utc))}
CERTIFICATES = {name: certificate(key, name, *LIVES.get(name, (year(2024), year(2034)))) for name, key in KEYS.items()}


def response(
    name_id=ADA,
    issuer=IDP,
    response_issuer=IDP,
    audience=SP,
    recipient=ACS,
    destination=ACS,
    begin="2026-06-01T11:55:00Z",
    end="2026-06-01T12:05:00Z",
    status="urn:oasis:names:tc:SAML:2.0:status:Success",
    method="urn:oasis:names:tc:SAML:2.0:cm:bearer",
    attributes=True,
    number="1",
):
    conditions = f'<saml2:AudienceRestriction><saml2:Audience>{audience}</saml2:Audience></saml2:AudienceRestriction>' if audience else ""
    name = f'<saml2:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">{name_id}</saml2:NameID>' if name_id is not None else ""
    destination = f' Destination="{destination}"' if destination else ""
    values = {"givenname": "Ada", "surname": "Lovelace", "name": "5f0000000000000000000001", "emailaddress": ADA}
    statement = "".join(
        f'<saml2:Attribute Name="{CLAIMS}/{key}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:uri">'
        f'<saml2:AttributeValue xsi:type="xs:string">{value}</saml2:AttributeValue></saml2:Attribute>'
        for key, value in values.items()
    )
    statement = f"<saml2:AttributeStatement>{statement}</saml2:AttributeStatement>" if attributes else ""
    text = f"""<saml2p:Response xmlns:saml2p="{SAMLP}" xmlns:saml2="{SAML}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="_response{number}" Version="2.0" IssueInstant="2026-06-01T12:00:00Z"{destination}><saml2:Issuer>{response_issuer}</saml2:Issuer><saml2p:Status><saml2p:StatusCode Value="{status}"/></saml2p:Status><saml2:Assertion ID="_assertion{number}" Version="2.0" IssueInstant="2026-06-01T12:00:00Z"><saml2:Issuer>{issuer}</saml2:Issuer><saml2:Subject>{name}<saml2:SubjectConfirmation Method="{method}"><saml2:SubjectConfirmationData NotOnOrAfter="{end}" Recipient="{recipient}"/></saml2:SubjectConfirmation></saml2:Subject><saml2:Conditions NotBefore="{begin}" NotOnOrAfter="{end}">{conditions}</saml2:Conditions><saml2:AuthnStatement AuthnInstant="2026-06-01T12:00:00Z" SessionIndex="_session{number}"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>{statement}</saml2:Assertion></saml2p:Response>"""
    return etree.fromstring(text)


def one(root, path):
    return root.xpath(path, namespaces=NS)[0]


def sign_element(element, who="idp", method=SignatureMethod.RSA_SHA256, digest=DigestAlgorithm.SHA256, c14n=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0, key_info=True, carried=None):
    """Signs an element in place, with the signature where SAML wants it: behind the issuer."""
    holder = etree.SubElement(element, "{%s}Signature" % DS, Id="placeholder", nsmap={"ds": DS})
    element.remove(holder)
    issuer = one(element, "saml:Issuer")
    element.insert(element.index(issuer) + 1, holder)
    signer = AnySigner(method=SignatureConstructionMethod.enveloped, signature_algorithm=method, digest_algorithm=digest, c14n_algorithm=c14n)
    signer.namespaces = {"ds": DS}
    reference = "#" + element.get("ID")
    key = KEYS[who].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    # signxml returns a copy of the element, which takes the original's place.
    signed = signer.sign(element, key=key, cert=[pem(CERTIFICATES[carried or who]).decode()], reference_uri=reference, id_attribute="ID")
    if not key_info:
        info = one(signed, "ds:Signature/ds:KeyInfo")
        info.getparent().remove(info)
    return signed


def signed(root, what="assertion", **options):
    if what in ("assertion", "both"):
        assertion = one(root, "saml:Assertion")
        parent = assertion.getparent()
        index = parent.index(assertion)
        # In its place, so that namespaces of the response are in scope as they will be.
        new = sign_element(copy.deepcopy(root)[index], **options)
        parent.replace(assertion, new)
    if what in ("response", "both"):
        root = sign_element(root, **options)
    return root


def text(root):
    return etree.tostring(root)


def put(name, content, findings=(), folder=None, **facts):
    content = content if isinstance(content, bytes) else text(content)
    folder = folder or ("refused" if findings else "valid")
    ending = facts.pop("ending", "xml")
    path = f"{folder}/{name}.{ending}"
    (HERE / folder).mkdir(exist_ok=True)
    (HERE / path).write_bytes(content)
    assert path not in corpus, path
    corpus[path] = {"findings": list(findings), **facts}


def valid():
    for what in ("assertion", "response", "both"):
        put(f"signed_{what}", signed(response(), what), signed=what)
    put("ecdsa", signed(response(), "assertion", who="ec", method=SignatureMethod.ECDSA_SHA256), certificate="ec", signed="assertion")
    put("rsa_sha512", signed(response(), "both", method=SignatureMethod.RSA_SHA512, digest=DigestAlgorithm.SHA512), signed="both")
    put("without_key_info", signed(response(), "assertion", key_info=False), signed="assertion")
    put("certificate_expires_soon", signed(response(), "assertion", who="soon"), certificate="soon", signed="assertion")
    put("other_capitals_in_name_id", signed(response(name_id="Ada@Acme.example"), "assertion"), signed="assertion", name_id="Ada@Acme.example")
    put("without_attributes", signed(response(attributes=False), "assertion"), signed="assertion")
    put("without_destination", signed(response(destination=None), "assertion"), signed="assertion")
    root = signed(response(), "assertion")
    put("with_declaration", b'<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n' + text(root), signed="assertion")
    put("in_utf16", '<?xml version="1.0" encoding="UTF-16"?>'.encode("utf-16") + text(root).decode().encode("utf-16-le"), signed="assertion")
    put("with_line_ends", signed(etree.fromstring(text(response()).replace(b"><", b">\n<")), "both"), signed="both")
    # Characters that XML escapes, and one beyond the first plane.
    put("escaped_characters", signed(etree.fromstring(text(response()).replace(b">Ada<", ">Ada &amp; &lt;Åsa&gt; \U0001F600<".encode())), "assertion"), signed="assertion")


TEMPLATE = (
    '<ds:Signature xmlns:ds="%s"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>'
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><ds:Reference URI="%s"><ds:Transforms>'
    '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">'
    '<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/></ds:Transform></ds:Transforms>'
    '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>'
    "<ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>"
)


def by_template(root, element, uri, at=1, key_info="<ds:X509Data/>"):
    """Signs an element with xmlsec1."""
    element.insert(at, etree.fromstring(TEMPLATE.replace("<ds:X509Data/>", key_info) % (DS, uri)))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "key.pem").write_bytes(KEYS["idp"].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        (folder / "certificate.pem").write_bytes(pem(CERTIFICATES["idp"]))
        (folder / "in.xml").write_bytes(text(root))
        arguments = ["xmlsec1", "--sign", "--privkey-pem", f"{folder}/key.pem,{folder}/certificate.pem", "--id-attr:ID", f"{SAML}:Assertion", "--id-attr:ID", f"{SAMLP}:Response", "--output", f"{folder}/out.xml", f"{folder}/in.xml"]
        subprocess.run(arguments, check=True)
        return (folder / "out.xml").read_bytes()


def loosely_written():
    """What careless identity providers send: honest, and read without trouble."""
    put("other_prefixes", signed(etree.fromstring(re.sub(rb"\bsaml2(p?)(?=[:=])", rb"x\1", text(response()))), "both"), signed="both")
    root = response()
    assertion = one(root, "saml:Assertion")
    put("signature_at_the_end", by_template(root, assertion, "#" + assertion.get("ID"), at=len(assertion)), signed="assertion")
    root = response()
    assertion = one(root, "saml:Assertion")
    put("key_value_beside_certificate", by_template(root, assertion, "#" + assertion.get("ID"), key_info="<ds:KeyName>acme</ds:KeyName><ds:KeyValue/><ds:X509Data/>"), signed="assertion")
    root = signed(response(), "assertion")
    data = one(root, "//ds:X509Data")
    other = etree.SubElement(data, "{%s}X509Certificate" % DS)
    other.text = base64.b64encode(CERTIFICATES["other"].public_bytes(serialization.Encoding.DER)).decode()
    put("second_certificate", root, signed="assertion")
    root = response()
    conditions = one(root, "saml:Assertion/saml:Conditions")
    restriction = one(conditions, "saml:AudienceRestriction")
    etree.SubElement(restriction, "{%s}Audience" % SAML).text = "https://other.example/"
    put("two_audiences", signed(root, "assertion"), signed="assertion")
    root = response()
    subject = one(root, "saml:Assertion/saml:Subject")
    first = one(subject, "saml:SubjectConfirmation")
    second = copy.deepcopy(first)
    one(first, "saml:SubjectConfirmationData").set("Recipient", "https://other.example/")
    subject.append(second)
    put("two_confirmations", signed(root, "assertion"), signed="assertion")
    root = response()
    restriction = one(root, "saml:Assertion/saml:Conditions/saml:AudienceRestriction")
    second = copy.deepcopy(restriction)
    one(second, "saml:Audience").text = "https://other.example/"
    restriction.getparent().append(second)
    put("two_restrictions", signed(root, "assertion"), ["audience_mismatch"], signed="assertion")


def by_xmlsec1():
    for what, path in (("assertion", "saml:Assertion"), ("response", ".")):
        root = response()
        element = one(root, path)
        put(f"by_xmlsec1_{what}", by_template(root, element, "#" + element.get("ID")), signed=what)


def by_pysaml2():
    """A whole response as pysaml2 builds and signs it."""
    from saml2 import BINDING_HTTP_POST, saml
    from saml2.config import IdPConfig
    from saml2.server import Server
    from saml2.saml import NameID

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "key.pem").write_bytes(KEYS["idp"].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()))
        (folder / "certificate.pem").write_bytes(pem(CERTIFICATES["idp"]))
        (folder / "sp.xml").write_text(
            f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{SP}"><md:SPSSODescriptor protocolSupportEnumeration="{SAMLP}">'
            f'<md:AssertionConsumerService Binding="{BINDING_HTTP_POST}" Location="{ACS}" index="0"/></md:SPSSODescriptor></md:EntityDescriptor>'
        )
        config = IdPConfig().load({
            "entityid": IDP, "key_file": f"{folder}/key.pem", "cert_file": f"{folder}/certificate.pem", "xmlsec_binary": "/usr/bin/xmlsec1",
            "metadata": {"local": [f"{folder}/sp.xml"]},
            "service": {"idp": {"endpoints": {"single_sign_on_service": [(IDP, "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect")]}, "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None}}}},
        })
        server = Server(config=config)
        for what, options in (("assertion", (False, True)), ("response", (True, False)), ("both", (True, True))):
            answer = server.create_authn_response(
                {"givenName": ["Ada"], "sn": ["Lovelace"]}, None, ACS, SP,
                name_id=NameID(format=saml.NAMEID_FORMAT_EMAILADDRESS, text=ADA), authn={"class_ref": saml.AUTHN_PASSWORD},
                sign_response=options[0], sign_assertion=options[1],
                sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
            )
            root = etree.fromstring(str(answer).encode())
            # pysaml2 takes the time from the clock.
            at = one(root, "saml:Assertion/saml:Conditions").get("NotBefore")
            put(f"by_pysaml2_{what}", str(answer).encode(), signed=what, at=at)


def mutations():
    def refused(name, root, *findings, **facts):
        put(name, root, findings, **facts)

    refused("expired", signed(response(begin="2026-05-31T11:55:00Z", end="2026-05-31T12:05:00Z"), "assertion"), "expired", signed="assertion")
    refused("not_yet_valid", signed(response(begin="2026-06-01T12:30:00Z", end="2026-06-01T12:40:00Z"), "assertion"), "not_yet_valid", signed="assertion")
    refused("end_is_no_time", signed(response(end="tomorrow"), "assertion"), "expired", signed="assertion")
    refused("wrong_audience", signed(response(audience=SP.replace("5f3c", "aaaa")), "assertion"), "audience_mismatch", signed="assertion")
    refused("no_audience", signed(response(audience=None), "assertion"), "audience_mismatch", signed="assertion")
    refused("wrong_recipient", signed(response(recipient=ACS.replace("5f3c", "aaaa")), "assertion"), "recipient_mismatch", signed="assertion")
    refused("not_for_the_bearer", signed(response(method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"), "assertion"), "recipient_mismatch", signed="assertion")
    refused("wrong_destination", signed(response(destination=ACS.replace("5f3c", "aaaa")), "response"), "destination_mismatch", signed="response")
    refused("wrong_destination_unsigned", signed(response(destination=ACS.replace("5f3c", "aaaa")), "assertion"), "destination_mismatch", signed="assertion")
    refused("wrong_issuer", signed(response(issuer=IDP + "-2", response_issuer=IDP + "-2"), "assertion"), "issuer_mismatch", signed="assertion")
    refused("two_issuers", signed(response(response_issuer=IDP + "-2"), "response"), "issuer_mismatch", signed="response")
    refused("wrong_name_id", signed(response(name_id="bob@acme.example"), "assertion"), "name_id_mismatch", signed="assertion", name_id="bob@acme.example")
    refused("name_id_missing", signed(response(name_id=None), "assertion"), "name_id_missing", signed="assertion", name_id=None)
    refused("name_id_empty", signed(response(name_id=""), "assertion"), "name_id_missing", signed="assertion", name_id="")
    failure = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    refused("status_not_success", signed(response(status=failure), "response"), "status_not_success", signed="response")
    root = response(status=failure)
    assertion = one(root, "saml:Assertion")
    root.remove(assertion)
    code = one(root, "samlp:Status/samlp:StatusCode")
    etree.SubElement(code, "{%s}StatusCode" % SAMLP, Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed")
    refused("failure_without_assertion", root, "status_not_success")

    for who, name, finding in (("other", "wrong_certificate", "other_certificate"), ("weak", "short_key", "weak_algorithm")):
        for what in ("assertion", "response"):
            refused(f"{name}_{what}", signed(response(), what, who=who), finding, "other_certificate")
    refused("short_key_expected", signed(response(), "assertion", who="weak"), "weak_algorithm", certificate="weak")
    refused("wrong_certificate_without_key_info", signed(response(), "assertion", who="other", key_info=False), "other_certificate")
    refused("key_confusion_certificate", signed(response(), "assertion", carried="other"), "other_certificate", signed="assertion")
    refused("key_confusion_evil", signed(response(name_id=EVIL), "assertion", who="other", carried="idp"), "signature_invalid")
    refused("certificate_expired", signed(response(), "assertion", who="expired"), "certificate_expired", certificate="expired", signed="assertion")
    refused("another_kind_of_key", signed(response(), "assertion", who="ec", method=SignatureMethod.ECDSA_SHA256), "other_certificate")

    def changed(name, old, new, *findings, what="assertion", **facts):
        before = text(signed(response(), what))
        after = before.replace(old, new, 1) if isinstance(old, bytes) else old(before)
        assert before != after, name
        refused(name, after, *findings, **facts)

    for what in ("assertion", "response", "both"):
        changed(f"tampered_name_id_{what}", f">{ADA}</saml2:NameID>".encode(), f">{EVIL}</saml2:NameID>".encode(), "signature_invalid", what=what)
        changed(f"tampered_attribute_{what}", b">Lovelace<", b">Lovelaces<", "signature_invalid", what=what)
        changed(f"comment_in_name_id_{what}", b">ada@acme.example</saml2:NameID>", b">ada@acme.example<!---->.attacker.example</saml2:NameID>", "forbidden_xml", what=what)
        changed(f"only_comment_in_name_id_{what}", b">ada@acme", b">ada<!-- -->@acme", "forbidden_xml", what=what)
    changed("instruction_in_name_id", b">ada@acme", b">ada<?x y?>@acme", "forbidden_xml")
    changed("tampered_destination", f'Destination="{ACS}"'.encode(), b'Destination="https://attacker.example/"', "signature_invalid", what="response")
    changed("tampered_audience", SP.encode(), SP.replace("5f3c", "aaaa").encode(), "signature_invalid")
    changed("tampered_end", b'NotOnOrAfter="2026-06-01T12:05:00Z"', b'NotOnOrAfter="2036-06-01T12:05:00Z"', "signature_invalid")
    changed("element_added", b"</saml2:AttributeStatement>", b'<saml2:Attribute Name="admin"><saml2:AttributeValue>true</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement>', "signature_invalid")

    def digest_changed(before):
        value = one(etree.fromstring(before), "//ds:DigestValue").text.encode()
        return before.replace(value, base64.b64encode(bytes(32)), 1)

    def value_changed(before):
        value = one(etree.fromstring(before), "//ds:SignatureValue").text.encode()
        return before.replace(value, base64.b64encode(bytes(256)), 1)

    changed("tampered_digest", digest_changed, None, "signature_invalid")
    changed("tampered_signature_value", value_changed, None, "signature_invalid")
    refused("signature_removed", response(), "not_signed")
    root = signed(response(), "assertion")
    signature = one(root, "saml:Assertion/ds:Signature")
    signature.remove(one(signature, "ds:SignatureValue"))
    refused("signature_without_value", root, "signature_invalid")
    root = signed(response(), "assertion")
    info = one(root, "saml:Assertion/ds:Signature/ds:SignedInfo")
    info.remove(one(info, "ds:Reference"))
    refused("signature_of_nothing", root, "signature_invalid")

    refused("sha1_signature", signed(response(), "assertion", method=SignatureMethod.RSA_SHA1), "weak_algorithm")
    refused("sha1_digest", signed(response(), "assertion", digest=DigestAlgorithm.SHA1), "weak_algorithm")
    refused("inclusive_c14n", signed(response(), "assertion", c14n=CanonicalizationMethod.CANONICAL_XML_1_0), "unsupported_canonicalization")
    refused("c14n_with_comments", signed(response(), "assertion", c14n=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0_WITH_COMMENTS), "unsupported_canonicalization")
    root = response()
    put("empty_reference", by_template(root, root, ""), ["signature_invalid"])

    # A shared secret that everybody knows: the certificate.
    root = signed(response(name_id=EVIL), "assertion")
    method = one(root, "//ds:SignatureMethod")
    method.set("Algorithm", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256")
    info = etree.tostring(one(root, "//ds:SignedInfo"), method="c14n", exclusive=True)
    mac = hmac.new(pem(CERTIFICATES["idp"]), info, "sha256").digest()
    one(root, "//ds:SignatureValue").text = base64.b64encode(mac).decode()
    refused("key_confusion_shared_secret", root, "signature_invalid")

    # The key in the response instead of a certificate.
    root = signed(response(name_id=EVIL), "assertion", who="other")
    info = one(root, "//ds:KeyInfo")
    info.clear()
    numbers = KEYS["other"].public_key().public_numbers()
    value = etree.SubElement(etree.SubElement(info, "{%s}KeyValue" % DS), "{%s}RSAKeyValue" % DS)
    etree.SubElement(value, "{%s}Modulus" % DS).text = base64.b64encode(numbers.n.to_bytes(256, "big")).decode()
    etree.SubElement(value, "{%s}Exponent" % DS).text = "AQAB"
    refused("key_confusion_key_value", root, "other_certificate")


def forbidden():
    root = text(signed(response(), "assertion"))
    laughs = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
    put("doctype", b"<!DOCTYPE saml2p:Response>" + root, ["forbidden_xml"])
    put("doctype_after_declaration", b'<?xml version="1.0"?>\n<!DOCTYPE saml2p:Response SYSTEM "http://attacker.example/x.dtd">' + root, ["forbidden_xml"])
    put("entity_expansion", laughs + root.replace(b">Lovelace<", b">&d;<"), ["forbidden_xml"])
    put("external_entity", b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + root.replace(b">Lovelace<", b">&x;<"), ["forbidden_xml"])
    put("undeclared_entity", root.replace(b">Lovelace<", b">&x;<"), ["forbidden_xml"])
    put("default_attribute", b'<!DOCTYPE r [<!ATTLIST saml2p:Response ID CDATA "_x">]>' + root, ["forbidden_xml"])
    put("comment_before", b"<!-- x -->" + root, ["forbidden_xml"])


def evil_of(element, number="evil"):
    """An unsigned copy that names somebody else."""
    copied = copy.deepcopy(element)
    for signature in copied.xpath(".//ds:Signature", namespaces=NS):
        signature.getparent().remove(signature)
    for holder in copied.iter():
        if holder.get("ID"):
            holder.set("ID", holder.get("ID") + number)
    for name in copied.xpath(".//saml:NameID", namespaces=NS):
        name.text = EVIL
    return copied


def wrapping():
    """The eight forms of 'On Breaking SAML' (USENIX Security 2012), and relatives."""

    def refused(name, root, *findings):
        put(name, root, findings or ("signature_wrapping",))

    def original(what="assertion"):
        root = signed(response(), what)
        return root, one(root, "saml:Assertion"), one(root, "//ds:Signature")

    root, _, signature = original("response")
    evil = evil_of(root)
    inner = copy.deepcopy(root)
    inner.remove(one(inner, "ds:Signature"))
    held = copy.deepcopy(signature)
    held.append(inner)
    evil.insert(1, held)
    refused("xsw1_response_within_its_signature", evil)

    evil = evil_of(root)
    evil.insert(1, copy.deepcopy(signature))
    evil.insert(1, copy.deepcopy(inner))
    refused("xsw2_response_before_its_signature", evil)

    root, assertion, signature = original()
    root.insert(root.index(assertion), evil_of(assertion))
    refused("xsw3_evil_assertion_before", root, "signature_wrapping", "duplicate_assertion")
    root, assertion, signature = original()
    root.append(evil_of(assertion))
    refused("xsw3_evil_assertion_behind", root, "signature_wrapping", "duplicate_assertion")

    root, assertion, signature = original()
    evil = evil_of(assertion)
    root.replace(assertion, evil)
    evil.append(assertion)
    refused("xsw4_assertion_within_evil_one", root)

    root, assertion, signature = original()
    evil = evil_of(assertion)
    evil.insert(1, signature)
    root.replace(assertion, evil)
    root.append(assertion)
    refused("xsw5_signature_moved", root, "signature_wrapping", "duplicate_assertion")

    root, assertion, signature = original()
    evil = evil_of(assertion)
    bare = copy.deepcopy(assertion)
    bare.remove(one(bare, "ds:Signature"))
    signature = copy.deepcopy(signature)
    signature.append(bare)
    evil.insert(1, signature)
    root.replace(assertion, evil)
    refused("xsw6_assertion_within_its_signature", root)

    root, assertion, signature = original()
    extensions = etree.Element("{%s}Extensions" % SAMLP)
    extensions.append(evil_of(assertion, ""))
    root.insert(1, extensions)
    refused("xsw7_evil_assertion_in_extensions", root)

    root, assertion, signature = original()
    evil = evil_of(assertion)
    bare = copy.deepcopy(assertion)
    bare.remove(one(bare, "ds:Signature"))
    signature = copy.deepcopy(signature)
    etree.SubElement(signature, "{%s}Object" % DS).append(bare)
    evil.insert(1, signature)
    root.replace(assertion, evil)
    refused("xsw8_assertion_in_object", root)

    root, assertion, signature = original()
    evil = evil_of(assertion, "")
    root.insert(root.index(assertion), evil)
    refused("same_id_before", root, "signature_wrapping", "duplicate_assertion")

    root, assertion, signature = original()
    evil = evil_of(assertion, "")
    advice = etree.SubElement(evil, "{%s}Advice" % SAML)
    root.replace(assertion, evil)
    evil.insert(1, signature)
    advice.append(assertion)
    refused("original_in_advice", root)

    root, assertion, signature = original()
    evil = evil_of(assertion)
    root.replace(assertion, evil)
    evil.insert(1, signature)
    extensions = etree.Element("{%s}Extensions" % SAMLP)
    extensions.append(assertion)
    root.insert(1, extensions)
    refused("original_in_extensions", root)

    root, assertion, signature = original()
    evil = evil_of(assertion)
    root.replace(assertion, evil)
    status = one(root, "samlp:Status")
    detail = etree.SubElement(status, "{%s}StatusDetail" % SAMLP)
    detail.append(assertion)
    refused("original_in_status_detail", root)

    # A genuine signature over something harmless that an identity provider would sign, beside an evil assertion.
    root = response(name_id=EVIL)
    statement = etree.SubElement(one(root, "saml:Assertion"), "{%s}Advice" % SAML)
    harmless = copy.deepcopy(one(signed(response(number="2"), "assertion"), "saml:Assertion"))
    statement.append(harmless)
    refused("harmless_one_in_advice", root)

    root, assertion, signature = original()
    one(signature, "ds:SignedInfo/ds:Reference").set("URI", "#" + root.get("ID"))
    refused("reference_to_the_response", root)

    root, assertion, signature = original()
    transforms = one(signature, "ds:SignedInfo/ds:Reference/ds:Transforms")
    xpath = etree.SubElement(transforms, "{%s}Transform" % DS, Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116")
    etree.SubElement(xpath, "{%s}XPath" % DS).text = "not(ancestor-or-self::saml2:NameID)"
    refused("transform_that_leaves_out", root)

    root, assertion, signature = original()
    info = one(signature, "ds:SignedInfo")
    second = copy.deepcopy(one(info, "ds:Reference"))
    second.set("URI", "#" + root.get("ID"))
    info.append(second)
    refused("two_references", root)

    root, assertion, signature = original()
    assertion.insert(2, copy.deepcopy(signature))
    refused("two_signatures", root)

    root, assertion, signature = original("response")
    one(root, "samlp:Status").append(signature)
    refused("signature_in_status", root)

    root, assertion, signature = original("response")
    nested = copy.deepcopy(root)
    evil = evil_of(root)
    etree.SubElement(evil, "{%s}Extensions" % SAMLP).append(nested)
    refused("response_in_extensions", evil)


def others():
    root = signed(response(), "assertion")
    second = copy.deepcopy(one(signed(response(number="2"), "assertion"), "saml:Assertion"))
    root.append(second)
    put("two_signed_assertions", root, ["duplicate_assertion"])
    root = response()
    root.append(copy.deepcopy(one(response(name_id="bob@acme.example", number="2"), "saml:Assertion")))
    put("two_assertions_in_a_signed_response", signed(root, "response"), ["duplicate_assertion"])
    root = response()
    root.remove(one(root, "saml:Assertion"))
    put("no_assertion", signed(root, "response"), ["unreadable"])
    root = signed(response(), "assertion")
    encrypted = etree.SubElement(root, "{%s}EncryptedAssertion" % SAML)
    etree.SubElement(encrypted, "{http://www.w3.org/2001/04/xmlenc#}EncryptedData")
    root.remove(one(root, "saml:Assertion"))
    put("encrypted_assertion", root, ["encrypted_assertion"])
    put("request", b'<samlp:AuthnRequest xmlns:samlp="%s" ID="_r" Version="2.0"/>' % SAMLP.encode(), ["unreadable"])
    put("cut_off", text(signed(response(), "assertion"))[:1500], ["unreadable"])
    put("another_namespace", text(signed(response(), "assertion")).replace(SAMLP.encode(), b"urn:other"), ["unreadable"])


def packed():
    """The same accepted response in every form that people paste."""
    xml = (HERE / "valid/signed_assertion.xml").read_bytes()
    first = (HERE / "valid/signed_both.xml").read_bytes()
    plain = base64.b64encode(xml)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = base64.b64encode(deflate.compress(xml) + deflate.flush())
    quoted = urllib.parse.quote_plus(plain).encode()

    def wire(name, content, form, **facts):
        put(name, content, folder="packed", ending="txt", signed="assertion", form=form, **facts)

    wire("base64", plain, ["base64", "xml"])
    wire("base64_lines", b"\n".join(plain[i : i + 76] for i in range(0, len(plain), 76)) + b"\n", ["base64", "xml"])
    wire("base64_url_safe", plain.replace(b"+", b"-").replace(b"/", b"_").rstrip(b"="), ["base64", "xml"])
    wire("base64_spaces_for_plus", plain.replace(b"+", b" "), ["base64", "xml"])
    wire("base64_in_quotes", b'"' + plain + b'",\n', ["base64", "xml"])
    wire("url_encoded", quoted, ["url_encoded", "base64", "xml"])
    wire("url_encoded_twice", urllib.parse.quote(quoted).encode(), ["url_encoded", "url_encoded", "base64", "xml"])
    wire("deflated", deflated, ["base64", "deflated", "xml"])
    wire("deflated_url_encoded", urllib.parse.quote_plus(deflated).encode(), ["url_encoded", "base64", "deflated", "xml"])
    wire("zlib", base64.b64encode(zlib.compress(xml)), ["base64", "deflated", "xml"])
    wire("body", b"SAMLResponse=" + quoted + b"&RelayState=https%3A%2F%2Facme.atlassian.net", ["form_parameter", "url_encoded", "base64", "xml"])
    wire("address", b"https://auth.atlassian.com/login/callback?connection=saml-1&SAMLResponse=" + urllib.parse.quote_plus(deflated).encode() + b"&RelayState=x", ["form_parameter", "url_encoded", "base64", "deflated", "xml"])
    wire("command_line", b"curl 'https://auth.atlassian.com/login/callback' --data-raw 'SAMLResponse=" + quoted + b"' --compressed", ["form_parameter", "url_encoded", "base64", "xml"])
    page = b'<!DOCTYPE html>\n<html><body onload="document.forms[0].submit()"><form method="post" action="%s">\n<input type="hidden" name="RelayState" value="a>b"/><input value=\'%s\' type=hidden name="SAMLResponse" /></form></body></html>'
    wire("page", page % (ACS.encode(), plain), ["html_form", "base64", "xml"])
    entities = plain.replace(b"+", b"&#x2B;").replace(b"/", b"&#47;").replace(b"=", b"&#61;")
    wire("page_with_entities", page % (ACS.encode(), entities), ["html_form", "base64", "xml"])
    wire("field", b'<input type="hidden" name="SAMLResponse" value="' + plain + b'">', ["html_form", "base64", "xml"])

    def entry(value, params=True):
        body = {"mimeType": "application/x-www-form-urlencoded", "text": "SAMLResponse=" + urllib.parse.quote_plus(value)}
        if params:
            body["params"] = [{"name": "SAMLResponse", "value": urllib.parse.quote_plus(value)}]
        return {"startedDateTime": "2026-06-01T12:00:00Z", "request": {"method": "POST", "url": ACS, "postData": body}, "response": {"status": 302, "content": {"size": 0}}}

    har = {"log": {"version": "1.2", "entries": [{"request": {"url": IDP}, "response": {"content": {"text": (page % (ACS.encode(), plain)).decode()}}}, entry(plain.decode())]}}
    wire("har", json.dumps(har).encode(), ["har", "url_encoded", "base64", "xml"], responses=1)
    har["log"]["entries"].insert(0, entry(base64.b64encode(first).decode(), params=False))
    wire("har_with_two", json.dumps(har).encode(), ["har", "url_encoded", "base64", "xml"], responses=2)
    har["log"]["entries"] = [{"request": {"url": IDP}, "response": {"content": {"encoding": "base64", "text": base64.b64encode(page % (ACS.encode(), plain)).decode()}}}]
    wire("har_with_page", json.dumps(har).encode(), ["har", "base64", "xml"], responses=1)
    tracer = {"requests": [{"method": "POST", "url": ACS, "post": [["SAMLResponse", plain.decode()], ["RelayState", ""]]}], "version": "1"}
    wire("tracer", json.dumps(tracer).encode(), ["json", "base64", "xml"], responses=1)


def metadata():
    value = base64.b64encode(CERTIFICATES["idp"].public_bytes(serialization.Encoding.DER)).decode()
    key = f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>{value}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>'
    begin = '<?xml version="1.0" encoding="UTF-8"?>\n<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">'
    idp = begin % IDP + f'<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="{SAMLP}">{key}<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{IDP}"/><md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{IDP}"/></md:IDPSSODescriptor></md:EntityDescriptor>\n'
    sp = begin % SP + f'<md:SPSSODescriptor protocolSupportEnumeration="{SAMLP}"/></md:EntityDescriptor>\n'
    (HERE / "metadata").mkdir(exist_ok=True)
    (HERE / "metadata/idp.xml").write_text(idp)
    (HERE / "metadata/sp.xml").write_text(sp)


def certificates():
    folder = HERE / "certificates"
    folder.mkdir(exist_ok=True)
    for name, value in CERTIFICATES.items():
        (folder / f"{name}.pem").write_bytes(pem(value))
    from cryptography.hazmat.primitives.serialization import pkcs7

    bundle = [CERTIFICATES["idp"]]
    (folder / "bundle.p7b").write_bytes(pkcs7.serialize_certificates(bundle, serialization.Encoding.DER))
    (folder / "bundle.p7b.pem").write_bytes(pkcs7.serialize_certificates(bundle, serialization.Encoding.PEM))
    request = x509.CertificateSigningRequestBuilder().subject_name(CERTIFICATES["idp"].subject).sign(KEYS["idp"], hashes.SHA256())
    (folder / "request.csr").write_bytes(pem(request))
    (folder / "request.der").write_bytes(request.public_bytes(serialization.Encoding.DER))
    public = KEYS["idp"].public_key()
    (folder / "public_key.pem").write_bytes(public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo))
    builder = x509.CertificateRevocationListBuilder().issuer_name(CERTIFICATES["idp"].subject).last_update(year(2026)).next_update(year(2027))
    (folder / "revoked.crl").write_bytes(builder.sign(KEYS["idp"], hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    # An issuer and what it issued.
    root_key, leaf_key = rsa_key(), rsa_key()
    root = certificate(root_key, "root", year(2024), year(2034))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "leaf TEST ONLY")])
    leaf = x509.CertificateBuilder().subject_name(subject).issuer_name(root.subject).public_key(leaf_key.public_key()).serial_number(7)
    leaf = leaf.not_valid_before(year(2024)).not_valid_after(year(2034)).sign(root_key, hashes.SHA256())
    (folder / "root.pem").write_bytes(pem(root))
    (folder / "leaf.pem").write_bytes(pem(leaf))


def main():
    for folder in ("valid", "refused", "packed", "certificates", "metadata"):
        for path in (HERE / folder).glob("*"):
            path.unlink()
    certificates()
    metadata()
    valid()
    loosely_written()
    by_xmlsec1()
    by_pysaml2()
    mutations()
    forbidden()
    wrapping()
    others()
    packed()
    facts = {"at": "2026-06-01T12:00:00Z", "idp_entity_id": IDP, "sp_entity_id": SP, "acs_url": ACS, "name_id": ADA, "files": corpus}
    (HERE / "corpus.json").write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
    print(len(corpus), "files")


main()
