//! Lets the table format's library open `s3://` places, by the object store that is built in.
//!
//! A commit there is a PUT that fails if the name exists (`If-None-Match: *`), so that any number of
//! writers share a table without a lock service. A store that does not honour it must not be used
//! by more than one writer.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use deltalake::logstore::{
    LogStore, LogStoreFactory, ObjectStoreFactory, ObjectStoreRef, StorageConfig, default_logstore,
    logstore_factories, object_store_factories,
};
use deltalake::{DeltaResult, Path};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey, S3ConditionalPut};
use object_store::{ClientConfigKey, RetryConfig};
use url::Url;

/// How the store is reached; what is not given is taken from the usual `AWS_…` environment.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct S3Access {
    /// Address of a store other than Amazon's, such as `http://127.0.0.1:9000`.
    pub endpoint: Option<String>,
    /// Region.
    pub region: Option<String>,
    /// Who we are.
    pub key: Option<S3Key>,
    /// A request without an answer is given up after so long.
    pub timeout: Duration,
}

/// A key and its secret.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct S3Key {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl Default for S3Access {
    fn default() -> Self {
        Self {
            endpoint: None,
            region: None,
            key: None,
            timeout: Duration::from_secs(30),
        }
    }
}

impl std::fmt::Debug for S3Access {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("S3Access")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for S3Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("S3Key")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl S3Access {
    /// As options of a table.
    pub(crate) fn options(&self) -> HashMap<String, String> {
        let key = self.key.as_ref();
        [
            (ENDPOINT, self.endpoint.clone()),
            (REGION, self.region.clone()),
            (KEY, key.map(|key| key.id.clone())),
            (SECRET, key.map(|key| key.secret.clone())),
            (TIMEOUT, Some(format!("{}ms", self.timeout.as_millis()))),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }
}

const ENDPOINT: &str = "endpoint";
const REGION: &str = "region";
const KEY: &str = "access_key_id";
const SECRET: &str = "secret_access_key";
const TIMEOUT: &str = "timeout_ms";

/// Makes `s3://` known to the library. May be called any number of times.
pub(crate) fn register() {
    let Ok(scheme) = Url::parse("s3://") else {
        return; // Cannot happen: it is a URL.
    };
    let factory = Arc::new(S3Factory);
    object_store_factories().insert(scheme.clone(), factory.clone());
    logstore_factories().insert(scheme, factory);
}

#[derive(Debug)]
struct S3Factory;

impl ObjectStoreFactory for S3Factory {
    fn parse_url_opts(
        &self,
        url: &Url,
        config: &StorageConfig,
    ) -> DeltaResult<(ObjectStoreRef, Path)> {
        let store = open(url, &config.raw)?;
        Ok((Arc::new(store), Path::from(url.path())))
    }
}

/// A store; what the options do not say is taken from the environment.
pub(crate) fn open(
    url: &Url,
    options: &HashMap<String, String>,
) -> Result<AmazonS3, object_store::Error> {
    let option = |name: &str| options.get(name).cloned();
    let mut builder = AmazonS3Builder::from_env()
        .with_url(url.as_str())
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_retry(RetryConfig {
            max_retries: 3,
            retry_timeout: Duration::from_secs(20),
            ..RetryConfig::default()
        });
    if let Some(endpoint) = option(ENDPOINT) {
        let plain = endpoint.starts_with("http://");
        builder = builder.with_endpoint(endpoint).with_allow_http(plain);
    }
    if let Some(timeout) = option(TIMEOUT) {
        let key = AmazonS3ConfigKey::Client(ClientConfigKey::Timeout);
        builder = builder.with_config(key, timeout);
    }
    if let Some(region) = option(REGION) {
        builder = builder.with_region(region);
    }
    if let (Some(key), Some(secret)) = (option(KEY), option(SECRET)) {
        builder = builder
            .with_access_key_id(key)
            .with_secret_access_key(secret);
    }
    builder.build()
}

impl LogStoreFactory for S3Factory {
    fn with_options(
        &self,
        prefixed_store: ObjectStoreRef,
        root_store: ObjectStoreRef,
        location: &Url,
        options: &StorageConfig,
    ) -> DeltaResult<Arc<dyn LogStore>> {
        Ok(default_logstore(
            prefixed_store,
            root_store,
            location,
            options,
        ))
    }
}
