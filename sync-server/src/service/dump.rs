//! Everything that was told and what was made of it, as text that can be compared.
//!
//! Two servers that got the same facts in another order, repeated or interrupted, give the same text.
//! What only says how a fact came (commit numbers, times of arrival, epochs) is left out.

use std::fmt::Write as _;

use super::{Result, Service};

impl Service {
    /// Writes facts and derived rows as text, in the order of their keys. For tests and simulations.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn dump(&self) -> Result<String> {
        let mut tx = self.begin_read().await?;
        let mut text = String::new();
        let mut replicas: Vec<_> =
            tx.handhelds().await?.into_iter().map(|handheld| handheld.replica).collect();
        replicas.sort();
        for row in tx.all_telegrams().await? {
            let frame: String = row.frame.iter().map(|byte| format!("{byte:02x}")).collect();
            line(&mut text, format_args!("telegram {} {} {frame}", row.meter, row.telegram));
        }
        for row in tx.all_receptions().await? {
            line(
                &mut text,
                format_args!("reception {} {} {:?}", row.meter, row.told.replica, row.told.reception),
            );
        }
        for told in tx.all_waiting().await? {
            line(&mut text, format_args!("waiting {} {:?}", told.replica, told.reception));
        }
        for row in tx.all_events().await? {
            line(&mut text, format_args!("event {} {:?}", row.replica, row.event));
        }
        for replica in replicas {
            for row in tx.clock_samples(replica).await? {
                line(&mut text, format_args!("clock {replica} {:?}", row.sample));
            }
        }
        for row in tx.quarantine().await? {
            line(&mut text, format_args!("quarantine {} {:?} {:?}", row.replica, row.code, row.item));
        }
        for derivation in tx.all_derivations().await? {
            line(&mut text, format_args!("{derivation:?}"));
        }
        Ok(text)
    }
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{content}");
}
