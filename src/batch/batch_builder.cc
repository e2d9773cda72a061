#include "batch/batch_builder.h"

#include <utility>

#include "batch/json_scan.h"
#include "batch/row_writer.h"
#include "message/json_scanner.h"

namespace streams {

namespace ondemand = simdjson::ondemand;

struct BatchBuilder::State {
    State(const Shape& of, Takes taken) : shape(of), takes(taken), writer(of, taken) {}

    const Shape& shape;
    Takes takes;
    RowWriter writer;
    ColumnBuilder records{Type::Json};
    ColumnBuilder lines{Type::Json};
    ColumnBuilder line_numbers{Type::Integer};
    std::uint64_t first_line = 0;
    std::uint64_t last_line = 0;
};

namespace {

std::unexpected<Error> bad_json(simdjson::error_code code) {
    Error error{ErrorKind::Data, "json-syntax", "the record is not JSON", {}, {}, {}};
    if (code == simdjson::DEPTH_ERROR) {
        error.id = "json-depth";
        error.what = "the record is nested deeper than 1,024 levels";
    }
    error.why = simdjson::error_message(code);
    return std::unexpected(std::move(error));
}

// The bytes of an array or object, which is walked to its end.
simdjson::error_code nested_text(ondemand::value& value, char first, std::string_view& text) {
    std::string_view raw;
    if (first == '{') {
        ondemand::object object;
        if (const auto error = value.get_object().get(object)) return error;
        if (const auto error = object.raw_json().get(raw)) return error;
    } else {
        ondemand::array array;
        if (const auto error = value.get_array().get(array)) return error;
        if (const auto error = array.raw_json().get(raw)) return error;
    }
    text = trim_json(raw);
    // The last bracket is where the walk ended; what follows it is the next token's.
    while (!text.empty() && text.back() != '}' && text.back() != ']') text.remove_suffix(1);
    return is_whole_json(text) ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

// One member. Inlined: else the 24 bytes of `value` go through memory and the load stalls on the
// stores, a fifth of the whole (bench/columns_bench.cc).
template <bool Stores>
[[gnu::always_inline]] inline simdjson::error_code member(RowWriter& writer, std::uint32_t& after,
                                                          ondemand::field& field) {
    const char* const key = field.key().raw();
    ondemand::value value = field.value();
    const std::string_view token = value.raw_json_token();
    MemberPlan* const known = writer.plan().find(key, after);
    const char first = token.front();
    if (first == '{' || first == '[') [[unlikely]] {
        std::string_view text;
        if (const auto error = nested_text(value, first, text)) return error;
        if (known != nullptr) {
            writer.nested(*known, text);
            return simdjson::SUCCESS;
        }
        return writer.unknown(raw_key(key), text) ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
    }
    const bool is_json = known != nullptr ? writer.value<Stores>(*known, token)
                                          : writer.unknown(raw_key(key), token);
    return is_json ? simdjson::SUCCESS : simdjson::TAPE_ERROR;
}

template <bool Stores>
simdjson::error_code members(RowWriter& writer, ondemand::object& record) {
    std::uint32_t after = 0;
    for (auto item : record) {
        ondemand::field field;
        auto error = std::move(item).get(field);
        if (!error) [[likely]]
            error = member<Stores>(writer, after, field);
        if (error) [[unlikely]]
            return error;
    }
    return simdjson::SUCCESS;
}

}  // namespace

BatchBuilder::BatchBuilder(const Shape& shape, Takes takes)
    : state_(std::make_unique<State>(shape, takes)) {}

BatchBuilder::~BatchBuilder() = default;

Result<Verdict> BatchBuilder::append(ondemand::object& record, ondemand::parser&) {
    RowWriter& writer = state_->writer;
    writer.begin();
    const auto error =
        writer.stores() ? members<true>(writer, record) : members<false>(writer, record);
    if (error) [[unlikely]] {
        writer.drop();
        return bad_json(error);
    }
    return writer.end();
}

Verdict BatchBuilder::finish(const Message& message, std::uint64_t line, std::int64_t received_us,
                             std::int64_t sequence) {
    RowWriter& writer = state_->writer;
    writer.check_record(message.record);
    if (writer.verdict() == Verdict::Stored && message.version && state_->takes.columns &&
        !writer.has_versions()) {
        writer.need_version();
    }
    if (writer.verdict() != Verdict::Stored) {
        writer.drop();
        writer.locate(message.record);
        return writer.verdict();
    }
    writer.fill_ours(message, received_us, sequence);
    if (state_->takes.records) {
        state_->records.bytes(writer.rows(), message.record.data(), message.record.size());
    }
    if (state_->takes.lines) {
        state_->lines.bytes(writer.rows(), message.line.data(), message.line.size());
        state_->line_numbers.integer(writer.rows(), static_cast<std::int64_t>(line));
    }
    writer.keep();
    if (writer.rows() == 1) state_->first_line = line;
    state_->last_line = line;
    return Verdict::Stored;
}

void BatchBuilder::discard() {
    state_->writer.drop();
}

const std::vector<Growth>& BatchBuilder::growths() const {
    return state_->writer.growths();
}

const Refusal& BatchBuilder::refusal() const {
    return state_->writer.refusal();
}

const std::string& BatchBuilder::stream() const {
    return state_->shape.stream().name;
}

std::size_t BatchBuilder::rows() const {
    return state_->writer.rows();
}

std::size_t BatchBuilder::bytes() const {
    return state_->writer.bytes() + state_->records.bytes() + state_->lines.bytes();
}

std::uint64_t BatchBuilder::first_line() const {
    return state_->first_line;
}

std::uint64_t BatchBuilder::last_line() const {
    return state_->last_line;
}

Batch BatchBuilder::take() {
    Batch batch;
    batch.rows = state_->writer.rows();
    batch.first_line = state_->first_line;
    batch.last_line = state_->last_line;
    if (state_->takes.records) batch.records = state_->records.take(batch.rows);
    if (state_->takes.lines) {
        batch.lines = state_->lines.take(batch.rows);
        batch.line_numbers = state_->line_numbers.take(batch.rows);
    }
    batch.columns = state_->writer.take();
    state_->first_line = 0;
    state_->last_line = 0;
    return batch;
}

bool BatchBuilder::reshape() {
    return state_->writer.reshape();
}

const std::vector<Changes>& BatchBuilder::changes() const {
    return state_->writer.changes();
}

}  // namespace streams
