//! Encryption, as the URL asks for it; which of it works depends on the server.

use orm::ErrorKind;
use orm::dialect::{Backend, Url};
use orm::types::Value;
use orm_mysql::Mysql;

use crate::{connect, exec, text, url};

#[tokio::test]
async fn modes() {
    let sql = "SELECT VARIABLE_VALUE <> '' FROM information_schema.session_status WHERE VARIABLE_NAME = ?";
    let cipher = || vec![text("SSL_VERSION")];
    let has = exec(&mut connect().await, "SELECT @@have_ssl", vec![]).await.expect("a row").rows[0][0] == text("YES");
    for (mode, encrypted) in [("disabled", Some(false)), ("preferred", Some(has)), ("required", has.then_some(true))] {
        let url = Url::parse(&format!("{}?ssl-mode={mode}", url())).expect("a URL");
        let opened = Mysql.open(url).await;
        assert_eq!(opened.is_ok(), encrypted.is_some(), "{mode}: {:?}", opened.as_ref().err());
        let (Ok(opened), Some(encrypted)) = (opened, encrypted) else { continue };
        let mut conn = opened.connector.connect().await.expect("a connection");
        let read = exec(&mut conn, sql, cipher()).await.expect("a row");
        assert_eq!(read.rows[0][0], Value::Int(encrypted.into()), "{mode}");
    }
    // no server that tests use has a certificate that the world trusts
    for mode in ["verify_ca", "verify_identity"] {
        let url = Url::parse(&format!("{}?ssl-mode={mode}", url())).expect("a URL");
        assert_eq!(Mysql.open(url).await.err().map(|error| error.kind()), Some(ErrorKind::Connect), "{mode}");
    }
}
