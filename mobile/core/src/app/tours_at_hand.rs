//! Tours that were looked at: loaded once, and kept as they stand.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sync_protocol::TourId;

use super::model::Problem;
use crate::clock::Now;
use crate::randomness::Randomness;
use crate::store::{Store, StoreError};
use crate::walk::{TourView, Walk};

/// A tour at hand.
#[derive(Debug)]
enum AtHand {
    /// To be looked at.
    View(Box<TourView>),
    /// To be walked.
    Walk(Box<Walk>),
}

impl AtHand {
    fn view(&self) -> &TourView {
        match self {
            Self::View(view) => view,
            Self::Walk(walk) => walk.view(),
        }
    }
}

/// The tours at hand. Everything in them is on the disk, or waits in a walk for its commit.
#[derive(Debug, Default)]
pub(super) struct ToursAtHand(HashMap<TourId, AtHand>);

impl ToursAtHand {
    /// Returns a tour as it stands.
    pub(super) fn view(&mut self, store: &Store, tour: TourId) -> Result<&TourView, StoreError> {
        let at_hand = match self.0.entry(tour) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(AtHand::View(Box::new(TourView::load(store, tour)?))),
        };
        Ok(at_hand.view())
    }

    /// Returns a tour that is at hand.
    pub(super) fn get(&self, tour: TourId) -> Option<&TourView> {
        self.0.get(&tour).map(AtHand::view)
    }

    /// Returns the walk of a tour: the open one, or a new one.
    pub(super) fn walk(
        &mut self,
        store: &mut Store,
        tour: TourId,
        now: Now,
        randomness: &mut dyn Randomness,
    ) -> Result<&mut Walk, Problem> {
        if self.walking(tour).is_none() {
            let walk = Walk::open(store, tour, now, randomness)?;
            self.0.insert(tour, AtHand::Walk(Box::new(walk)));
        }
        self.walking(tour).ok_or_else(|| StoreError::NoSuchTour.into())
    }

    /// Returns the walk of a tour, if it is at hand.
    pub(super) fn walking(&mut self, tour: TourId) -> Option<&mut Walk> {
        match self.0.get_mut(&tour) {
            Some(AtHand::Walk(walk)) => Some(walk),
            _ => None,
        }
    }

    /// Puts a tour away, to be loaded anew.
    pub(super) fn forget(&mut self, tour: TourId) -> Option<Walk> {
        match self.0.remove(&tour) {
            Some(AtHand::Walk(walk)) => Some(*walk),
            _ => None,
        }
    }

    /// Puts all tours away that have no frames waiting for their commit.
    pub(super) fn forget_all(&mut self) {
        self.0.retain(|_, at_hand| match at_hand {
            AtHand::View(_) => false,
            AtHand::Walk(walk) => walk.poll_timeout().is_some(),
        });
    }
}
