//! A raw client: JSON in, JSON out, no retries, no types of the product.

use lockstep_sandbox::{Access, Sandbox, SandboxOptions, ScenarioName};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// A sandbox and the keys to it.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) access: Access,
    client: reqwest::Client,
}

/// Status and body of an answer; `null` where there is no JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) text: String,
    pub(crate) headers: reqwest::header::HeaderMap,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Bench {
    pub(crate) async fn small() -> Bench {
        Bench::of(ScenarioName::Small).await
    }

    pub(crate) async fn of(scenario: ScenarioName) -> Bench {
        Bench::with(SandboxOptions { scenario, ..SandboxOptions::default() }).await
    }

    /// A generated organisation in which everybody is in one group or more.
    pub(crate) async fn custom(text: &str) -> Bench {
        Bench::of(text.parse().unwrap()).await
    }

    pub(crate) async fn with(options: SandboxOptions) -> Bench {
        let sandbox = Sandbox::start(options).await.unwrap();
        let access = sandbox.access();
        // No pool: a fault that closes a connection must hit the request that it is meant for.
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build().unwrap();
        Bench { sandbox, access, client }
    }

    pub(crate) fn faults(&self, specs: &[&str]) {
        self.sandbox.set_faults(specs.iter().map(|spec| spec.parse().unwrap()).collect());
    }

    pub(crate) fn request(&self, method: &str, url: &str) -> RequestBuilder {
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url)
    }

    async fn send(request: RequestBuilder, body: Option<Value>) -> Result<Answer, reqwest::Error> {
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
            None => request,
        };
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Answer { status, body, text, headers })
    }

    pub(crate) async fn jumpcloud(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.try_jumpcloud(method, path, body).await.unwrap()
    }

    pub(crate) async fn try_jumpcloud(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, reqwest::Error> {
        let url = format!("{}{path}", self.access.jumpcloud_url);
        Bench::send(self.request(method, &url).header("x-api-key", &self.access.jumpcloud_api_key), body)
            .await
    }

    pub(crate) async fn scim(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.try_scim(method, path, body).await.unwrap()
    }

    pub(crate) async fn try_scim(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Answer, reqwest::Error> {
        let url = format!("{}{path}", self.access.scim_url);
        Bench::send(self.request(method, &url).bearer_auth(&self.access.scim_token), body).await
    }

    pub(crate) async fn organisation(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let path = path.replace("{org}", &self.access.organisation_id);
        let url = format!("{}/admin{path}", self.access.organisation_url);
        Bench::send(self.request(method, &url).bearer_auth(&self.access.organisation_key), body)
            .await
            .unwrap()
    }

    pub(crate) async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}{path}", self.access.control_url);
        Bench::send(self.request(method, &url), body).await.unwrap()
    }

    /// Pages through a list of JumpCloud as a careful client does: to the first empty page.
    pub(crate) async fn all(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page =
                self.jumpcloud("GET", &format!("{path}{mark}limit=100&skip={}", rows.len()), None).await;
            assert_eq!(page.status, 200, "{path} answers with {}", page.text);
            let list = page.body.get("results").unwrap_or(&page.body).as_array().unwrap().clone();
            if list.is_empty() {
                return rows;
            }
            rows.extend(list);
        }
    }
}

/// Returns a text member.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}
