// A whole manifest against a server in this process.
#include "manifest/sync.h"

#include <gtest/gtest.h>
#include <mutex>

#include "base/manual_clock.h"
#include "http/server.h"

namespace streams::manifest {
namespace {

struct Lines final : Output {
    Result<> schema(std::string_view stream, std::string_view, const std::vector<std::string>& key,
                    const std::vector<std::string>&) override {
        std::string line = "SCHEMA " + std::string(stream);
        for (const std::string& name : key) line += ' ' + name;
        lines.push_back(line);
        return {};
    }
    Result<> record(std::string_view stream, std::string_view record) override {
        lines.push_back(std::string(stream) + ' ' + std::string(record));
        return {};
    }
    Result<> state(std::string_view value) override {
        lines.push_back("STATE " + std::string(value));
        return {};
    }
    void progress(const Progress&) override {}

    std::vector<std::string> lines;
};

// Everything between a manifest and what it writes.
class Trial {
 public:
    explicit Trial(const http::Handler& handler) {
        server_ = *http::Server::start({}, [this, handler](const http::Asked& asked) {
            const std::lock_guard lock(mutex_);
            asked_.push_back(asked.target);
            return handler(asked);
        });
        client_ = *http::make_client({});
    }

    // `stream` are the lines of a stream's manifest behind `name`, eight blanks deep.
    Result<> sync(const std::string& stream, const StreamerInput& input = {}) {
        const std::string text = R"(type: DeclarativeSource
version: 6.0.0
check: {type: CheckStream, stream_names: [users]}
definitions:
  requester: {type: HttpRequester, url_base: "{{ config.url }}", path: /users}
  selector:
    type: RecordSelector
    extractor: {type: DpathExtractor, field_path: [data]}
spec:
  type: Spec
  connection_specification:
    type: object
    properties: {url: {type: string}}
streams:
  - type: DeclarativeStream
    name: users
    primary_key: id
)" + stream;
        const auto manifest = load_manifest("acme", "acme.yaml", text);
        if (!manifest) return std::unexpected(manifest.error());
        const Settings settings({{"url", {server_->url(), "--url"}}});
        World world{.client = *client_, .clock = clock, .chance = [] { return 0.5; }};
        return manifest::sync(*manifest, settings, input, world, out);
    }

    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

    Lines out;
    ManualClock clock{Clock::Wall(std::chrono::hours(24 * 20'000))};

 private:
    std::mutex mutex_;
    std::vector<std::string> asked_;
    std::unique_ptr<http::Server> server_;
    std::unique_ptr<http::Client> client_;
};

std::string parameter(const http::Asked& asked, std::string_view name,
                      const std::string& fallback) {
    const std::string* value = asked.parameter(name);
    return value == nullptr ? fallback : *value;
}

http::Answer json(std::string body, http::Headers headers = {}) {
    headers.set("Content-Type", "application/json");
    return {200, std::move(headers), std::move(body)};
}

using Texts = std::vector<std::string>;

const std::string kPlain = R"(
    retriever:
      requester: {$ref: "#/definitions/requester"}
      record_selector: {$ref: "#/definitions/selector"}
)";

TEST(Sync, LeavesRecordsAsTheyCame) {
    const std::string record =
        R"({"z":1.10,"id":12345678901234567890123,"e":1e400,"n":{"b":[null,true],"a":"é"}})";
    Trial trial([&](const auto&) { return json(R"({"data": [)" + record + "]}"); });
    const auto synced = trial.sync(kPlain);
    ASSERT_TRUE(synced) << synced.error().what;
    EXPECT_EQ(trial.out.lines, (Texts{"SCHEMA users id", "users " + record, "STATE {}"}));
}

TEST(Sync, FiltersTransformsAndDividesAStream) {
    Trial trial([](const http::Asked& asked) {
        const std::string team = parameter(asked, "team", "");
        return json(R"({"data":[{"id":1,"Name":")" + team + R"("},{"id":2,"secret":0}]})");
    });
    const auto synced = trial.sync(R"(
    retriever:
      requester: {$ref: "#/definitions/requester"}
      record_selector:
        $ref: "#/definitions/selector"
        record_filter: {condition: "{{ record.id == 1 or stream_partition.team == 'b' }}"}
      partition_router:
        type: ListPartitionRouter
        cursor_field: team
        values: [a, b]
        request_option: {type: RequestOption, inject_into: request_parameter, field_name: team}
    transformations:
      - type: RemoveFields
        field_pointers: [[secret]]
      - type: AddFields
        fields:
          - {path: [of, team], value: "{{ stream_partition['team'] }}"}
          - {path: [twice], value: "{{ record['id'] * 2 }}"}
      - type: KeysToLower
)");
    ASSERT_TRUE(synced) << synced.error().what;
    EXPECT_EQ(trial.out.lines,
              (Texts{"SCHEMA users id", R"(users {"id":1,"name":"a","of":{"team":"a"},"twice":2})",
                     R"(users {"id":1,"name":"b","of":{"team":"b"},"twice":2})",
                     R"(users {"id":2,"of":{"team":"b"},"twice":4})", "STATE {}"}));
}

std::string paged(const std::string& strategy) {
    return R"(
    retriever:
      requester: {$ref: "#/definitions/requester"}
      record_selector: {$ref: "#/definitions/selector"}
      paginator:
        type: DefaultPaginator
        page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}
        page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: at}
        pagination_strategy: )" +
           strategy + '\n';
}

// Five records, by a limit and a place: of a record, or of a page from 1.
http::Answer five(const http::Asked& asked, bool by_page) {
    const int limit = std::stoi(parameter(asked, "limit", "1"));
    const int place = std::stoi(parameter(asked, "at", by_page ? "1" : "0"));
    const int first = by_page ? (place - 1) * limit : place;
    std::string body;
    for (int id = first; id < std::min(first + limit, 5); ++id) {
        body += (body.empty() ? "" : ",") + ("{\"id\":" + std::to_string(id) + "}");
    }
    return json("{\"data\":[" + body +
                "],\"next\":" + (first + limit < 5 ? std::to_string(first + limit) : "null") + "}");
}

TEST(Sync, FollowsPagesByNumberOffsetAndCursor) {
    for (const auto& [strategy, by_page] : std::vector<std::pair<std::string, bool>>{
             {"{type: PageIncrement, page_size: 2, start_from_page: 1}", true},
             {"{type: OffsetIncrement, page_size: 2}", false},
             {"{type: CursorPagination, page_size: 2, cursor_value: '{{ response.next }}'}",
              false}}) {
        Trial trial([&](const http::Asked& asked) { return five(asked, by_page); });
        const auto synced = trial.sync(paged(strategy));
        ASSERT_TRUE(synced) << synced.error().what;
        EXPECT_EQ(trial.out.lines.size(), 7U) << strategy;
        EXPECT_EQ(trial.asked().size(), 3U) << strategy;
    }
}

TEST(Sync, FindsOutThatPagesNeverEnd) {
    for (const std::string strategy :
         {"{type: PageIncrement, page_size: 1}",
          "{type: CursorPagination, cursor_value: '{{ response.next }}'}"}) {
        Trial trial([](const auto&) { return json(R"({"data":[{"id":1}],"next":"x"})"); });
        const auto synced = trial.sync(paged(strategy));
        ASSERT_FALSE(synced) << strategy;
        EXPECT_EQ(synced.error().id, "paging-loop");
        EXPECT_LE(trial.asked().size(), 3U);
    }
}

const std::string kSince = R"(
    retriever:
      requester: {$ref: "#/definitions/requester"}
      record_selector: {$ref: "#/definitions/selector"}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: at
      datetime_format: "%Y-%m-%d"
)";

TEST(Sync, GoesOnWhereItStoppedAndNeverBack) {
    const std::string stream = kSince + R"(
      start_datetime: "2017-01-01"
      start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}
)";
    Trial trial([](const auto&) {
        return json(R"({"data":[{"id":1,"at":"2017-01-09"},{"id":2,"at":"2017-01-05"}]})");
    });
    ASSERT_TRUE(trial.sync(stream));
    EXPECT_EQ(trial.out.lines.back(), R"(STATE {"users":{"at":"2017-01-09"}})");
    EXPECT_EQ(trial.asked().back(), "/users?since=2017-01-01");
    ASSERT_TRUE(trial.sync(stream, {.state = R"({"users":{"at":"2018-02-03"}})", .catalog = {}}));
    EXPECT_EQ(trial.asked().back(), "/users?since=2018-02-03");
    EXPECT_EQ(trial.out.lines.back(), R"(STATE {"users":{"at":"2018-02-03"}})");
    ASSERT_TRUE(trial.sync(stream, {.state = {}, .catalog = {}, .limit = 1}));
    EXPECT_EQ(trial.out.lines.back(), "STATE {}")
        << "a run that was cut short has read nothing whole";
}

TEST(Sync, AsksForTimeInSteps) {
    Trial trial([](const auto&) { return json(R"({"data":[]})"); });
    const auto synced = trial.sync(kSince + R"(
      start_datetime: "2017-01-01"
      end_datetime: "2017-01-05"
      step: P2D
      cursor_granularity: P1D
      start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: from}
      end_time_option: {type: RequestOption, inject_into: request_parameter, field_name: to}
)");
    ASSERT_TRUE(synced) << synced.error().what;
    EXPECT_EQ(trial.asked(),
              (Texts{"/users?from=2017-01-01&to=2017-01-02", "/users?from=2017-01-03&to=2017-01-04",
                     "/users?from=2017-01-05&to=2017-01-05"}));
}

TEST(Sync, ReadsAFeedDownToTheBookmark) {
    Trial trial([](const http::Asked& asked) {
        const std::string* at = asked.parameter("at");
        if (at == nullptr) return json(R"({"data":[{"id":3,"at":"2017-01-03"}],"next":1})");
        return json(R"({"data":[{"id":2,"at":"2017-01-02"},{"id":1,"at":"2017-01-01"}],"next":2})");
    });
    std::string stream = paged("{type: CursorPagination, cursor_value: '{{ response.next }}'}") +
                         kSince.substr(kSince.find("    incremental_sync")) +
                         "      start_datetime: \"2000-01-01\"\n      is_data_feed: true\n";
    const auto synced =
        trial.sync(stream, {.state = R"({"users":{"at":"2017-01-02"}})", .catalog = {}});
    ASSERT_TRUE(synced) << synced.error().what;
    EXPECT_EQ(trial.asked().size(), 2U);
    EXPECT_EQ(trial.out.lines, (Texts{"SCHEMA users id", R"(users {"id":3,"at":"2017-01-03"})",
                                      R"(users {"id":2,"at":"2017-01-02"})",
                                      R"(STATE {"users":{"at":"2017-01-03"}})"}));
}

TEST(Sync, DoesWhatTheErrorHandlerSays) {
    const std::string stream = R"(
    retriever:
      record_selector: {$ref: "#/definitions/selector"}
      requester:
        $ref: "#/definitions/requester"
        error_handler:
          type: CompositeErrorHandler
          error_handlers:
            - type: DefaultErrorHandler
              backoff_strategies: [{type: WaitTimeFromHeader, header: X-Wait}]
              response_filters:
                - {http_codes: [420], action: RATE_LIMITED}
            - type: DefaultErrorHandler
              response_filters:
                - {http_codes: [404], action: IGNORE}
                - {error_message_contains: teapot, action: FAIL, error_message: no coffee}
)";
    int calls = 0;
    Trial limited([&](const auto&) {
        return calls++ == 0 ? http::Answer{420, {{"X-Wait", "7"}}, "{}"} : json(R"({"data":[]})");
    });
    ASSERT_TRUE(limited.sync(stream));
    EXPECT_GE(limited.clock.take_waited(), std::chrono::seconds(7));
    Trial absent([](const auto&) { return http::Answer{404, {}, "{}"}; });
    ASSERT_TRUE(absent.sync(stream));
    EXPECT_EQ(absent.out.lines, (Texts{"SCHEMA users id", "STATE {}"}));
    Trial teapot(
        [](const auto&) { return http::Answer{418, {}, R"({"message":"I am a teapot"})"}; });
    const auto refused = teapot.sync(stream);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().what, "no coffee: 418 I am a teapot");
    EXPECT_TRUE(teapot.out.lines.empty());
    Trial down([](const auto&) { return http::Answer{503, {}, ""}; });
    const auto unreachable = down.sync(stream);
    ASSERT_FALSE(unreachable);
    EXPECT_EQ(unreachable.error().kind, ErrorKind::Transient);
    EXPECT_EQ(down.asked().size(), 6U);
}

TEST(Sync, WaitsByTheFirstBackoffThereIsForWhatNoFilterKnows) {
    int calls = 0;
    Trial down([&](const auto&) {
        return calls++ == 0 ? http::Answer{503, {}, "{}"} : json(R"({"data":[]})");
    });
    ASSERT_TRUE(down.sync(R"(
    retriever:
      record_selector: {$ref: "#/definitions/selector"}
      requester:
        $ref: "#/definitions/requester"
        error_handler:
          type: CompositeErrorHandler
          error_handlers:
            - type: DefaultErrorHandler
              response_filters:
                - {http_codes: [404], action: IGNORE}
            - type: DefaultErrorHandler
              backoff_strategies: [{type: ConstantBackoffStrategy, backoff_time_in_seconds: 77}]
              response_filters:
                - {http_codes: [420], action: RETRY}
)"));
    EXPECT_GE(down.clock.take_waited(), std::chrono::seconds(77));
}

TEST(Sync, ReadsTheChildrenOfAStream) {
    Trial trial([](const http::Asked& asked) {
        if (asked.path == "/teams") return json(R"({"data":[{"key":"a"},{"key":"b"}]})");
        return json(R"({"data":[{"id":")" + asked.path + R"("}]})");
    });
    const auto synced = trial.sync(R"(
    retriever:
      record_selector: {$ref: "#/definitions/selector"}
      requester:
        $ref: "#/definitions/requester"
        path: "/teams/{{ stream_partition.team }}/users"
      partition_router:
        type: SubstreamPartitionRouter
        parent_stream_configs:
          - parent_key: key
            partition_field: team
            stream:
              type: DeclarativeStream
              name: teams
              retriever:
                record_selector: {$ref: "#/definitions/selector"}
                requester: {$ref: "#/definitions/requester", path: /teams}
)");
    ASSERT_TRUE(synced) << synced.error().what;
    EXPECT_EQ(trial.out.lines, (Texts{"SCHEMA users id", R"(users {"id":"/teams/a/users"})",
                                      R"(users {"id":"/teams/b/users"})", "STATE {}"}));
}

TEST(Sync, RefusesAnswersThatHoldNoRecords) {
    Trial page([](const auto&) { return http::Answer{200, {}, "<html>"}; });
    EXPECT_EQ(page.sync(kPlain).error().id, "answer-not-json");
    Trial numbers([](const auto&) { return json(R"({"data":[1,2]})"); });
    EXPECT_EQ(numbers.sync(kPlain).error().id, "record-shape");
}

TEST(Sync, WritesWhatTheCatalogSelects) {
    const std::string schema = R"(
    schema_loader:
      type: InlineSchemaLoader
      schema: {type: object, properties: {id: {type: integer}, name: {type: string}}}
)";
    Trial trial([](const auto&) { return json(R"({"data":[{"id":1,"name":"a"}]})"); });
    const std::string catalog = R"({"streams":[{"tap_stream_id":"users","metadata":[
        {"breadcrumb":[],"metadata":{"selected":"true"}},
        {"breadcrumb":["properties","id"],"metadata":{"selected":false}},
        {"breadcrumb":["properties","name"],"metadata":{"selected":false}}]}]})";
    ASSERT_TRUE(trial.sync(kPlain + schema, {.state = {}, .catalog = catalog}));
    EXPECT_EQ(trial.out.lines, (Texts{"SCHEMA users id", R"(users {"id":1})", "STATE {}"}))
        << "a key stays";
    const auto none = trial.sync(kPlain, {.state = {}, .catalog = R"({"streams":[]})"});
    EXPECT_EQ(none.error().id, "nothing-selected");
}

}  // namespace
}  // namespace streams::manifest
