//! Templates as manifests write them.

use crate::template::{Compiled, Request, Wanted};

const NOW: i64 = 1_484_685_125_000_000;

fn render(source: &str, context: &str, wanted: Wanted) -> Result<String, String> {
    let compiled = Compiled::new(source).map_err(|fault| fault.text)?;
    let request = Request { context, bytes_max: 1 << 20, now_us: NOW, wanted };
    compiled.render(&request).map_err(|fault| fault.text)
}

fn text(source: &str, context: &str) -> String {
    render(source, context, Wanted::Text).unwrap()
}

fn json(source: &str, context: &str) -> String {
    render(source, context, Wanted::Json).unwrap()
}

#[test]
fn fills_a_path() {
    let context = r#"{"config":{"repo":"o/r"},"stream_partition":{"n":3}}"#;
    assert_eq!(
        text("/repos/{{ config['repo'] }}/pulls/{{ stream_partition.n }}", context),
        "/repos/o/r/pulls/3"
    );
}

#[test]
fn one_expression_gives_its_value_exactly() {
    let context =
        r#"{"record":{"n":12345678901234567890,"p":1.10,"b":true,"l":[1,{"a":null}],"z":"007"}}"#;
    assert_eq!(json("{{ record.n }}", context), "12345678901234567890");
    assert_eq!(json("{{ record['p'] }}", context), "1.10");
    assert_eq!(json("{{ record.b }}", context), "true");
    assert_eq!(json("{{ record.l }}", context), r#"[1,{"a":null}]"#);
    assert_eq!(json("{{ record.z }}", context), r#""007""#);
    assert_eq!(json("{{ record.none.at.all }}", context), "null");
    assert_eq!(json("{{ record.p * 2 }}", context), "2.2");
    assert_eq!(
        text("{{ record.p }}|{{ record.b }}|{{ record.l }}", context),
        "1.10|True|[1, {'a': None}]"
    );
}

#[test]
fn other_texts_are_read_as_literals() {
    assert_eq!(json("{% if x %}1{% else %}'y'{% endif %}", r#"{"x":true}"#), "1");
    assert_eq!(json("{{ x }}-{{ x }}", r#"{"x":1}"#), r#""1-1""#);
}

#[test]
fn knows_the_methods_and_filters_of_manifests() {
    let context = r#"{"s":"a,b","r":{"k":1}}"#;
    assert_eq!(text("{{ s.split(',')[1] }}", context), "b");
    assert_eq!(text("{{ r.get('x', 5) }}{{ r.get('k') }}", context), "51");
    assert_eq!(text("{{ s | hash('sha1') }}", context), "5d8b1241b0484dd20c2cfeca6f692becfbab5d18");
    assert_eq!(text("{{ s | base64encode }}", context), "YSxi");
    assert_eq!(text("{{ s | regex_search('a,(.)') }}", context), "b");
    assert_eq!(text("{{ max(2, 3) }}{{ min([4, 5]) }}", context), "34");
    assert_eq!(json("{{ r | string }}", context), r#""{\"k\": 1}""#);
    assert_eq!(text("{{ 'x' | hmac('k') }}", context).len(), 64);
}

#[test]
fn computes_with_moments() {
    let context = r#"{"config":{"start":"2017-01-17T20:32:05Z"}}"#;
    assert_eq!(text("{{ now_utc() }}", context), "2017-01-17T20:32:05+00:00");
    assert_eq!(
        text("{{ (now_utc() - duration('P1M')).strftime('%Y-%m-%d') }}", context),
        "2016-12-17"
    );
    assert_eq!(text("at {{ today_utc() - duration('P1D') }}!", context), "at 2017-01-16!");
    assert_eq!(text("{{ 'x' ~ now_utc() }}", context), "x2017-01-17T20:32:05+00:00");
    assert_eq!(text("{{ day_delta(-1, format='%Y-%m-%d') }}", context), "2017-01-16");
    assert_eq!(json("{{ timestamp(config.start) }}", context), "1484685125");
    assert_eq!(text("{{ format_datetime(config['start'], '%Y%m%d') }}", context), "20170117");
    assert_eq!(json("{{ str_to_datetime(config.start) > now_utc() }}", context), "false");
    assert_eq!(json("{{ now_utc() }}", context), r#""2017-01-17T20:32:05+00:00""#);
    assert!(render("{{ timestamp('tomorrow') }}", context, Wanted::Text)
        .unwrap_err()
        .contains("tomorrow"));
}

#[test]
fn conditions_hold_as_in_python() {
    let context = r#"{"x":{},"y":"False","n":0,"s":"a"}"#;
    for (condition, holds) in [
        ("{{ x }}", "false"),
        ("{{ y }}", "false"),
        ("{{ n }}", "false"),
        ("{{ s }}", "true"),
        ("{{ not x }}", "true"),
        ("{{ s == 'a' }}", "true"),
        ("{{ none.a }}", "false"),
    ] {
        assert_eq!(render(condition, context, Wanted::Condition).unwrap(), holds, "{condition}");
    }
}

#[test]
fn names_what_it_needs_from_outside() {
    let compiled =
        Compiled::new("{% set a = config.x %}{{ a }}{{ record.y }}{{ now_utc() }}").ok().unwrap();
    assert_eq!(compiled.variables(), ["config", "record"]);
}

#[test]
fn is_bounded_in_steps_and_bytes() {
    let wrong = |source: &str| render(source, "{}", Wanted::Text).unwrap_err();
    assert!(wrong("{% for i in range(1000000000) %}x{% endfor %}").contains("range"));
    assert!(wrong("{% set x = 'aaaaaaaaaa' * 100000000 %}{{ x }}").contains("steps"));
    let doubling =
        format!("{{% set x = 'aaaaaaaaaa' %}}{}{{{{ x }}}}", "{% set x = x ~ x %}".repeat(40));
    assert!(wrong(&doubling).contains("steps"));
    assert!(wrong("{{ ('a' * 2000000) }}b").contains("bytes"));
    assert_eq!(text("{{ x.__class__.__mro__ }}", r#"{"x":"s"}"#), "");
}

#[test]
fn says_what_is_wrong_and_where() {
    let fault = Compiled::new("a\n{{ config['x' }}").err().unwrap();
    assert_eq!(fault.line, 2);
    assert!(render("{{ x | no_such_filter }}", "{}", Wanted::Text)
        .unwrap_err()
        .contains("no_such_filter"));
}
