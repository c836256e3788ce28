//! Teaches how a dialect of one's own is made: a MariaDB cluster (Galera) whose servers run in ANSI mode.
//!
//! Its servers speak MariaDB's protocol, so the driver is that of `orm-mysql`, and the language is MariaDB's but for
//! what differs: that is a [`Variant`]. It is as first-class as the dialect it is made of:
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> orm::Result<()> {
//! let engine = orm::Engine::builder().backend(orm_galera::Galera).connect("galera://user:password@node1/app").await?;
//! # Ok(()) }
//! ```
//!
//! | matter | MariaDB | here | because |
//! | --- | --- | --- | --- |
//! | quotes around names | backticks | `"x"` | the servers run with ANSI_QUOTES, as the programs beside this one need it |
//! | text after text | `CONCAT(a, b)` | <code>a &#124;&#124; b</code> | PIPES_AS_CONCAT, for the same reason |
//! | two-phase commit | XA | refused | a prepared transaction is known to one node, and lost with it |
//! | SERIALIZABLE | taken | refused | what other nodes read is not certified: the level would not hold |
//! | sequences | taken | refused | their cache belongs to one node; a cluster refuses such a sequence |
//! | tables without a key | taken | refused | rows are found by their key when another node repeats a change |
//! | other engines than InnoDB | taken | refused | their rows stay on the node that wrote them |

mod connector;

use std::sync::Arc;

use orm::Result;
use orm::dialect::driver::{BoxFuture, Isolation, Transactions};
use orm::dialect::{Backend, Capabilities, DdlFeatures, Dialect, Opened, Url, Variant};
use orm::error::Error;
use orm::schema::Table;
use orm::sql::{Emit, Expr};
use orm_mysql::Mysql;

use connector::AnsiConnector;

/// The backend for URLs that begin with `galera:`. Their parameters are those of `mysql:`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Galera;

impl Backend for Galera {
    fn schemes(&self) -> &'static [&'static str] {
        &["galera"]
    }

    fn open(&self, url: Url) -> BoxFuture<'_, Result<Opened>> {
        Box::pin(async move {
            let mariadb = Mysql.open(url.with_scheme("mariadb")).await?;
            let connector = AnsiConnector::new(mariadb.connector);
            // once, to find out whether the servers take the mode
            connector.ansi().await?;
            Ok(Opened { dialect: Arc::new(GaleraDialect::over(mariadb.dialect)), connector: Arc::new(connector) })
        })
    }
}

/// The language of a cluster: that of its servers, with what differs.
pub struct GaleraDialect {
    base: Arc<dyn Dialect>,
    capabilities: Capabilities,
    features: DdlFeatures,
}

impl GaleraDialect {
    /// A cluster of servers that speak this dialect. (It needs no server: statements can be rendered with it.)
    pub fn over(base: Arc<dyn Dialect>) -> Self {
        const LEVELS: &[Isolation] = &[Isolation::ReadUncommitted, Isolation::ReadCommitted, Isolation::RepeatableRead];
        let capabilities = base.capabilities().clone();
        let transactions = Transactions { isolation: LEVELS, two_phase: false, ..capabilities.transactions };
        let features = DdlFeatures { sequences: false, ..base.ddl_features().clone() };
        GaleraDialect { base, capabilities: Capabilities { transactions, ..capabilities }, features }
    }
}

impl Variant for GaleraDialect {
    fn base(&self) -> &dyn Dialect {
        &*self.base
    }

    fn name(&self) -> &'static str {
        "galera"
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn ddl_features(&self) -> &DdlFeatures {
        &self.features
    }

    fn quote(&self) -> char {
        '"'
    }

    fn concat(&self, out: &mut dyn Emit, left: &Expr, right: &Expr) -> Result<()> {
        // in this mode it binds tighter than any operator of arithmetic: operands have parentheses
        out.sql("(");
        out.operand(left)?;
        out.sql(" || ");
        out.operand(right)?;
        out.sql(")");
        Ok(())
    }

    fn table_options(&self, out: &mut dyn Emit, table: &Table) -> Result<()> {
        let refused = |construct: &str, instead: &'static str| {
            Err(Error::unsupported(construct, "galera", instead).table(table.name.to_string()))
        };
        if table.primary_key.is_empty() && !table.temporary {
            return refused("table without a primary key", "give it one; a generated number will do");
        }
        let mut engines = table.options.of(|name| self.base.is_called(name)).filter(|option| option.name == "engine");
        if engines.any(|option| !option.value.eq_ignore_ascii_case("InnoDB")) {
            return refused("other storage engine than InnoDB", "leave the option `engine` out");
        }
        self.base.table_options(out, table)
    }
}
