//! Messages that a meter sends in several frames, put together from stored fragments.

use sync_protocol::TelegramId;
use wmbus::{Content, Frame, FrameFormat, Telegram, whole_messages};

use super::{Result, Service};
use crate::store::Transaction;
use crate::store::rows::TelegramRow;

/// Telegrams that are looked at in one go.
const PAGE: u32 = 1_000;

impl Service {
    /// Returns the stored fragments of a meter, each with what is to be derived from it: the whole message
    /// from its last fragment, from others that they are fragments.
    pub(super) async fn messages(
        &self,
        tx: &mut dyn Transaction,
        meter: &str,
    ) -> Result<Vec<(TelegramRow, Telegram)>> {
        let (mut fragments, mut frames) = (Vec::new(), Vec::new());
        let mut after: Option<TelegramId> = None;
        loop {
            let rows = tx.telegrams_of_meter(meter.to_owned(), after, PAGE).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.telegram);
            let of_page = rows.into_iter().filter_map(|row| {
                let frame = Frame::parse(&row.frame, FrameFormat::WithoutCrc).ok()?;
                Some((row, frame))
            });
            let of_page: Vec<_> = of_page.collect();
            let keys = self.keys_for(tx, of_page.iter().map(|(_, frame)| frame)).await?;
            for (row, frame) in of_page {
                let Ok(telegram) = Telegram::decode(&frame, &keys) else { continue };
                if matches!(telegram.content(), Content::Fragment { .. }) {
                    fragments.push((row, telegram));
                    frames.push(frame);
                }
            }
        }
        let keys = self.keys_for(tx, frames.iter()).await?;
        let messages = whole_messages(&frames, &keys);
        let with_messages = fragments.into_iter().zip(messages);
        Ok(with_messages.map(|((row, fragment), message)| (row, message.unwrap_or(fragment))).collect())
    }
}
