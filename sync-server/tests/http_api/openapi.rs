//! The OpenAPI document says what the server does, no more and no less.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sync_protocol::{
    Change, ChangesPage, Hello, OutcomeRange, PairAnswer, PairRequest, Problem, ProblemCode, PushAnswer,
    TelegramId, Tour, TourMeter, body,
};
use sync_server::http::models::{Assignment, Backup, ChangePassword, Health, LogIn};
use sync_server::http::{OPENAPI, routes};
use sync_server::service::NewCorrection;

use crate::schema::findings;
use crate::support::{FRAME, TestServer, hex, json_of, text_of};

fn document() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

/// Method and path of every operation.
fn operations(document: &Value) -> BTreeMap<(String, String), Value> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, item)| {
        let item = item.as_object().unwrap();
        item.iter().map(|(method, operation)| ((method.to_uppercase(), path.clone()), operation.clone()))
    });
    operations.collect()
}

#[test]
fn the_document_is_openapi_3_1() {
    let spec = oas3::from_json(OPENAPI).unwrap();
    assert_eq!(spec.validate_version().unwrap().to_string(), "3.1.0");
    assert_eq!(spec.operations().count(), routes::ALL.len());
}

#[tokio::test]
async fn the_document_is_served_to_anyone() {
    let server = TestServer::start().await;
    assert_eq!(json_of(server.request(Method::GET, "/openapi.json")).await, document());
}

#[test]
fn every_route_is_documented_and_nothing_else() {
    let documented: BTreeSet<_> = operations(&document()).into_keys().collect();
    let routed: BTreeSet<_> =
        routes::ALL.iter().map(|route| (route.method.to_string(), route.path.to_owned())).collect();
    assert_eq!(documented, routed);
}

#[tokio::test]
async fn every_documented_operation_is_answered() {
    let server = TestServer::start().await;
    for (method, path) in operations(&document()).into_keys() {
        let path = path.replace("{telegram}", &"0".repeat(64));
        let path = path
            .split('/')
            .map(|part| if part.starts_with('{') { "00000000-0000-0000-0000-000000000000" } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        let method: Method = method.parse().unwrap();
        let answer =
            server.client.request(method.clone(), format!("{}{path}", server.url)).send().await.unwrap();
        let status = answer.status().as_u16();
        assert!(![404, 405].contains(&status) && status < 500, "{method} {path} was answered {status}");
    }
}

#[test]
fn every_operation_names_whom_it_is_for_as_the_route_does() {
    let operations = operations(&document());
    for route in routes::ALL {
        let documented = &operations[&(route.method.to_string(), route.path.to_owned())]["security"];
        let expected = match route.access {
            routes::Access::Handheld => json!([{ "handheld": [] }]),
            routes::Access::Administrator => json!([{ "administrator": [] }, { "office_cookie": [] }]),
            routes::Access::Local => json!([{}, { "administrator": [] }, { "office_cookie": [] }]),
            // A greeting is for anyone; a handheld may say who it is.
            _ if route == &&routes::HELLO => json!([{}, { "handheld": [] }]),
            _ => json!([]),
        };
        assert_eq!(documented, &expected, "{} {}", route.method, route.path);
    }
}

#[test]
fn every_operation_documents_the_names_in_its_path_a_success_and_its_problems() {
    let document = document();
    let mut ids = BTreeSet::new();
    for ((method, path), operation) in operations(&document) {
        let at = format!("{method} {path}");
        assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{at}");
        assert!(!operation["summary"].as_str().unwrap().is_empty(), "{at}");
        let named: BTreeSet<_> =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).collect();
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let documented: BTreeSet<_> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(documented, named, "{at}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{at}");
        assert_eq!(responses["default"], json!({ "$ref": "#/components/responses/Problem" }), "{at}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, member)| match member {
                Value::String(target) if name == "$ref" => found.push(target.clone()),
                member => references(member, found),
            }),
            Value::Array(members) => members.iter().for_each(|member| references(member, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 100);
    for target in found {
        let pointer = target.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
    }
}

/// Reads an example as the type and writes it again: nothing is lost, nothing is added.
fn round_trip<T: DeserializeOwned + Serialize>(example: &Value) -> Value {
    let text = example.to_string();
    let value: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    serde_json::to_value(value).unwrap()
}

#[test]
fn examples_are_what_the_types_read_and_write() {
    type Check = fn(&Value) -> Value;
    let checks: [(&str, Check); 15] = [
        ("Assignment", round_trip::<Assignment>),
        ("Backup", round_trip::<Backup>),
        ("Change", round_trip::<Change>),
        ("ChangePassword", round_trip::<ChangePassword>),
        ("ChangesPage", round_trip::<ChangesPage>),
        ("Health", round_trip::<Health>),
        ("Hello", round_trip::<Hello>),
        ("LogIn", round_trip::<LogIn>),
        ("OutcomeRange", round_trip::<OutcomeRange>),
        ("PairAnswer", round_trip::<PairAnswer>),
        ("PairRequest", round_trip::<PairRequest>),
        ("Problem", round_trip::<Problem>),
        ("PushAnswer", round_trip::<PushAnswer>),
        ("Tour", round_trip::<Tour>),
        ("TourMeter", round_trip::<TourMeter>),
    ];
    let document = document();
    for (name, check) in checks {
        let examples = document["components"]["schemas"][name]["examples"].as_array().unwrap();
        assert!(!examples.is_empty(), "{name}");
        for example in examples {
            assert_eq!(&check(example), example, "{name}");
        }
    }
    let correction = &document["components"]["schemas"]["NewCorrection"]["examples"][0];
    let correction: NewCorrection = serde_json::from_value(correction.clone()).unwrap();
    assert_eq!(correction.value, "123.5");
}

#[test]
fn every_example_is_what_its_schema_says() {
    let document = document();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let examples = schema["examples"].as_array().unwrap_or_else(|| panic!("{name} has no example"));
        for example in examples {
            assert_eq!(findings(&document, schema, example), Vec::<String>::new(), "{name}");
        }
    }
}

#[tokio::test]
async fn every_answer_is_what_its_schema_says() {
    let document = document();
    let server = TestServer::start().await;
    let office = server.office().await;
    let handheld = office.pair().await;
    let tour = office.give_tour(handheld.replica).await;
    office.import_key().await;
    let batch = handheld.batch(1, tour);
    text_of(handheld.push(batch.id, body::write(&batch))).await;
    let telegram = TelegramId::of(&hex(FRAME));

    let receipt = format!("{}/receipt", handheld.batch_path(batch.id));
    let of_handheld = ["/hello", "/changes", &receipt];
    let (shown_tour, shown_telegram) = (format!("/tours/{tour}"), format!("/telegrams/{telegram}"));
    let line = office.get(&format!("/tours/{tour}/lines")).await["lines"][0]["id"].clone();
    let shown_lines = format!("/tours/{tour}/lines");
    let shown_line = format!("{shown_lines}/{}", line.as_str().unwrap());
    let (history, explanation) = (format!("{shown_line}/history"), format!("{shown_telegram}/explanation"));
    let gaps = format!("/handhelds/{}/gaps", handheld.replica);
    let of_office = [
        &gaps,
        &shown_lines,
        &shown_line,
        &history,
        &explanation,
        "/login",
        "/handhelds",
        "/tours",
        &shown_tour,
        "/keys",
        "/readings",
        &shown_telegram,
        "/audit",
        "/health",
    ];
    let requests = of_handheld
        .map(|path| (path, handheld.request(Method::GET, path)))
        .into_iter()
        .chain(of_office.map(|path| (path, office.request(Method::GET, path))));
    for (path, request) in requests {
        let answer = json_of(request).await;
        let route = routes::ALL.iter().find(|route| {
            let template = route.path.split('/').skip(3);
            let segments = path.split('/').skip(1);
            route.method == Method::GET
                && template.clone().count() == segments.clone().count()
                && template
                    .zip(segments)
                    .all(|(expected, found)| expected.starts_with('{') || expected == found)
        });
        let operation = &document["paths"][route.unwrap().path]["get"];
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(findings(&document, schema, &answer), Vec::<String>::new(), "{path}: {answer}");
    }
}

#[test]
fn every_problem_code_is_documented() {
    let document = document();
    let documented = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].clone();
    let known: Vec<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(documented, json!(known));
}
