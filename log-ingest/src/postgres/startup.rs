//! Letting a client in: everybody, or those who know the user's name and password (SCRAM).

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion_postgres::pgwire::api::auth::noop::NoopStartupHandler;
use datafusion_postgres::pgwire::api::auth::sasl::SASLAuthStartupHandler;
use datafusion_postgres::pgwire::api::auth::sasl::scram::{
    SCRAM_ITERATIONS, ScramAuth, gen_salted_password,
};
use datafusion_postgres::pgwire::api::auth::{
    AuthSource, DefaultServerParameterProvider, LoginInfo, Password, StartupHandler,
};
use datafusion_postgres::pgwire::api::{ClientInfo, ConnectionManager};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::{PgWireBackendMessage, PgWireFrontendMessage};
use futures_util::Sink;

/// Name and password that every client must give.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Login {
    /// The user's name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl Debug for Login {
    /// Without the password, which must not get into a log.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Login")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// The start of one connection. It holds the state of its login, so each connection has its own.
pub(super) enum Startup {
    Open(Open),
    Scram(SASLAuthStartupHandler<DefaultServerParameterProvider>),
}

impl Startup {
    pub(super) fn new(login: Option<&Login>, connections: &Arc<ConnectionManager>) -> Self {
        match login {
            None => Self::Open(Open(connections.clone())),
            Some(login) => {
                let scram = ScramAuth::new(Arc::new(login.clone()));
                let parameters = Arc::new(DefaultServerParameterProvider::default());
                let handler = SASLAuthStartupHandler::new(parameters)
                    .with_scram(scram)
                    .with_connection_manager(connections.clone());
                Self::Scram(handler)
            }
        }
    }
}

#[async_trait]
impl StartupHandler for Startup {
    async fn on_startup<C>(
        &self,
        client: &mut C,
        message: PgWireFrontendMessage,
    ) -> PgWireResult<()>
    where
        C: ClientInfo + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        match self {
            Self::Open(open) => open.on_startup(client, message).await,
            Self::Scram(scram) => scram.on_startup(client, message).await,
        }
    }
}

/// No login; only registers the connection, so that its queries can be cancelled.
pub(super) struct Open(Arc<ConnectionManager>);

impl NoopStartupHandler for Open {
    fn connection_manager(&self) -> Option<Arc<ConnectionManager>> {
        Some(self.0.clone())
    }
}

#[async_trait]
impl AuthSource for Login {
    #[expect(elided_lifetimes_in_paths, reason = "written as the trait has it")]
    async fn get_password(&self, login: &LoginInfo) -> PgWireResult<Password> {
        if login.user() != Some(self.user.as_str()) {
            let name = login.user().unwrap_or_default();
            return Err(PgWireError::InvalidPassword(name.to_owned()));
        }
        let salt = uuid::Uuid::new_v4().into_bytes().to_vec();
        let salted = gen_salted_password(&self.password, &salt, SCRAM_ITERATIONS);
        Ok(Password::new(Some(salt), salted))
    }
}
