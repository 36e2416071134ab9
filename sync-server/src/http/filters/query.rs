//! Query parameters, each refused by name.

use std::collections::BTreeMap;
use std::str::FromStr;

use warp::{Filter, Rejection};

use crate::http::problem::ApiError;

/// The parameters of a query string.
#[derive(Debug, Clone)]
pub(crate) struct Query(BTreeMap<String, String>);

impl Query {
    /// Takes the query string, which may have these parameters and no others: a misspelt filter
    /// must not answer with everything.
    pub(crate) fn of(
        known: &'static [&'static str],
    ) -> impl Filter<Extract = (Self,), Error = Rejection> + Clone {
        warp::query::<Vec<(String, String)>>().and_then(move |pairs: Vec<(String, String)>| {
            std::future::ready(Self::read(known, pairs).map_err(Rejection::from))
        })
    }

    fn read(known: &[&str], pairs: Vec<(String, String)>) -> Result<Self, ApiError> {
        let mut parameters = BTreeMap::new();
        for (name, value) in pairs {
            if !known.contains(&name.as_str()) {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(ApiError::bad_request(format!(
                    "unknown query parameter; this endpoint knows {known}"
                )));
            }
            if parameters.insert(name.clone(), value).is_some() {
                return Err(ApiError::bad_request(format!("the query parameter `{name}` is given twice")));
            }
        }
        Ok(Self(parameters))
    }

    /// Returns a parameter as text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Reads a parameter.
    pub(crate) fn parse<T: FromStr>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.text(name)
            .map(|text| {
                text.parse().map_err(|_| {
                    ApiError::bad_request(format!("the query parameter `{name}` cannot be read"))
                })
            })
            .transpose()
    }

    /// Reads a parameter that must be there.
    pub(crate) fn require<T: FromStr>(&self, name: &str) -> Result<T, ApiError> {
        self.parse(name)?
            .ok_or_else(|| ApiError::bad_request(format!("the query parameter `{name}` is missing")))
    }

    /// Reads `limit`: the most entries of a page.
    pub(crate) fn limit(&self, default: u32, most: u32) -> Result<u32, ApiError> {
        match self.parse("limit")? {
            None => Ok(default),
            Some(limit) if (1..=most).contains(&limit) => Ok(limit),
            Some(_) => {
                Err(ApiError::bad_request(format!("the query parameter `limit` is not from 1 to {most}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &[(&str, &str)]) -> Result<Query, ApiError> {
        let pairs = text.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Query::read(&["tour", "limit"], pairs)
    }

    #[test]
    fn a_parameter_that_is_not_known_or_given_twice_is_refused() {
        let unknown = ApiError::bad_request("unknown query parameter; this endpoint knows tour, limit");
        assert_eq!(query(&[("tuor", "1")]).unwrap_err(), unknown);
        let twice = ApiError::bad_request("the query parameter `tour` is given twice");
        assert_eq!(query(&[("tour", "1"), ("tour", "2")]).unwrap_err(), twice);
    }

    #[test]
    fn a_limit_stays_within_what_a_page_may_hold() {
        assert_eq!(query(&[]).unwrap().limit(100, 1000), Ok(100));
        assert_eq!(query(&[("limit", "1000")]).unwrap().limit(100, 1000), Ok(1000));
        let refused = ApiError::bad_request("the query parameter `limit` is not from 1 to 1000");
        assert_eq!(query(&[("limit", "0")]).unwrap().limit(100, 1000), Err(refused.clone()));
        assert_eq!(query(&[("limit", "1001")]).unwrap().limit(100, 1000), Err(refused));
        let unread = ApiError::bad_request("the query parameter `limit` cannot be read");
        assert_eq!(query(&[("limit", "-1")]).unwrap().limit(100, 1000), Err(unread));
    }
}
