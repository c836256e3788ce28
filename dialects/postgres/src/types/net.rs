//! Addresses: `INET`, `CIDR` and `MACADDR`.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use orm::types::Mismatch;

use super::by_text;

/// An address, and how many of its bits name the network: `INET`.
///
/// ```
/// use orm_postgres::types::Inet;
/// let host: Inet = "10.1.2.3/8".parse().unwrap();
/// assert_eq!((host.address.to_string(), host.prefix), ("10.1.2.3".to_owned(), 8));
/// assert_eq!("::1".parse::<Inet>().unwrap().to_string(), "::1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Inet {
    /// The address.
    pub address: IpAddr,
    /// The bits of the network; all of them for a single host.
    pub prefix: u8,
}

impl Inet {
    fn bits(address: IpAddr) -> u8 {
        if address.is_ipv4() { 32 } else { 128 }
    }
}

impl From<IpAddr> for Inet {
    fn from(address: IpAddr) -> Self {
        Inet { address, prefix: Inet::bits(address) }
    }
}

impl fmt::Display for Inet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix == Inet::bits(self.address) {
            true => write!(f, "{}", self.address),
            false => write!(f, "{}/{}", self.address, self.prefix),
        }
    }
}

impl FromStr for Inet {
    type Err = Mismatch;

    fn from_str(text: &str) -> Result<Self, Mismatch> {
        let malformed = |_| Mismatch::new("text that is no address");
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(malformed)?;
        let most = Inet::bits(address);
        match prefix.map_or(Some(most), |bits| bits.parse().ok().filter(|bits| *bits <= most)) {
            Some(prefix) => Ok(Inet { address, prefix }),
            None => Err(Mismatch::new("an address with a prefix that is too long")),
        }
    }
}

by_text!(Inet, "INET", "use std::net::IpAddr, which is kept as text");

/// A network: `CIDR`. The bits after the prefix are zero, or the server refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr(pub Inet);

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.0.address, self.0.prefix)
    }
}

impl FromStr for Cidr {
    type Err = Mismatch;

    fn from_str(text: &str) -> Result<Self, Mismatch> {
        text.parse().map(Cidr)
    }
}

by_text!(Cidr, "CIDR", "keep the network as text");

/// The address of a network card: `MACADDR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MacAddr(pub [u8; 6]);

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl FromStr for MacAddr {
    type Err = Mismatch;

    fn from_str(text: &str) -> Result<Self, Mismatch> {
        let bytes: Option<Vec<u8>> = text.split(':').map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(MacAddr).ok_or_else(|| Mismatch::new("text that is no address of six bytes"))
    }
}

by_text!(MacAddr, "MACADDR", "keep its six bytes as [u8; 6]");
