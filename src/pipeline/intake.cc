#include "pipeline/intake.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "base/log.h"
#include "pipeline/excerpt.h"
#include "pipeline/intake_slot.h"
#include "receipt/row_hash.h"

namespace streams {

Intake::Intake(const RunOptions& options, IntakeOptions how, Stored stored)
    : options_(options), how_(std::move(how)), stored_(std::move(stored)) {}

Intake::~Intake() = default;

Result<std::optional<std::string>> Intake::take(std::string_view line, std::uint64_t number) {
    line_ = number;
    wants_batch_ = false;
    // A record may need columns that its stream lacks: it is parsed again once they are there.
    // Each round either ends or adds a stream, a column or a wider type.
    while (true) {
        auto parsed = parse(line);
        if (!parsed) return std::unexpected(std::move(parsed).error());
        const Message& message = **parsed;
        switch (message.type) {
            case MessageType::Record: {
                auto again = adapt(message, line);
                if (!again) return std::unexpected(std::move(again).error());
                if (*again) continue;
                return std::nullopt;
            }
            case MessageType::Schema:
                if (auto declared = declare(message); !declared) {
                    return at_line(std::move(declared).error(), line, -1, 0);
                }
                return std::nullopt;
            case MessageType::State:
                if (message.state == "null") return std::nullopt;
                return std::string(message.state);
            case MessageType::ActivateVersion:
                if (auto done = activate(message); !done) {
                    return at_line(std::move(done).error(), line, -1, 0);
                }
                return std::nullopt;
            case MessageType::Batch:
                wants_batch_ = true;
                return std::nullopt;
            case MessageType::Structure:
            case MessageType::Unknown:
                pass_over(message);
                return std::nullopt;
            case MessageType::Nothing:
                return std::nullopt;
        }
    }
}

Result<> Intake::take_of_file(std::string_view line, std::uint64_t number, std::string place) {
    place_ = std::move(place);
    auto taken = take(line, number);
    place_.clear();
    if (!taken) return std::unexpected(std::move(taken).error());
    return {};
}

Result<const Message*> Intake::parse(std::string_view line) {
    reader_.begin(line_);
    auto parsed = parser_.parse(line, reader_);
    if (!parsed) return at_line(std::move(parsed).error(), line, parser_.column_of_error(), 1);
    return *parsed;
}

// Whether the line has to be parsed again.
Result<bool> Intake::adapt(const Message& message, std::string_view line) {
    auto found = slot_of(message);
    if (!found) return at_line(std::move(found).error(), line, -1, 0);
    auto& slot = **found;
    const auto verdict = reader_.verdict();
    if (!message.schema.empty() && message.schema != slot.inline_schema &&
        verdict != Verdict::Unknown) {
        slot.inline_schema = message.schema;
        if (auto declared = declare(message); !declared) {
            return at_line(std::move(declared).error(), line, -1, 0);
        }
        if (verdict != Verdict::Stored) return true;
    }
    switch (verdict) {
        case Verdict::None:
            return false;
        case Verdict::Stored:
            count(slot);
            return false;
        case Verdict::Unknown:  // Of a stream that a rehearsal has had enough of: passed over.
            return options_.limit == 0 || slot.records < options_.limit;
        case Verdict::Stale: {
            const auto growths = slot.builder.growths();
            if (auto allowed = slot.shape.allows(growths); !allowed) {
                STREAMS_TRY(refuse(message, line, {.error = std::move(allowed).error()}));
                return false;
            }
            describe(slot);
            auto grown = slot.shape.grow(growths);
            if (grown) grown = follow(slot);
            if (!grown) return at_line(std::move(grown).error(), line, -1, 0);
            return true;
        }
        case Verdict::Refused:
            STREAMS_TRY(refuse(message, line, slot.builder.refusal()));
            return false;
    }
    return false;
}

void Intake::count(Slot& slot) {
    const auto bytes = slot.builder.bytes();
    bytes_ += bytes - std::exchange(slot.bytes, bytes);
    ++slot.records;
    if (options_.limit != 0 && slot.records >= options_.limit)
        reader_.remove(slot.shape.stream().name);
}

Result<> Intake::refuse(const Message& message, std::string_view line, Refusal refusal) {
    const auto record_begin = message.record.data() - line.data();
    if (!options_.keeps_rejects) {
        if (refusal.error.remedy.empty()) {
            refusal.error.remedy =
                "correct the source, or: --on-bad-record reject    (kept in "
                "_streams_rejects)";
        }
        return at_line(std::move(refusal.error), line,
                       record_begin + static_cast<std::int64_t>(refusal.offset),
                       refusal.length != 0 ? refusal.length : message.record.size());
    }
    if (rejects_.empty()) rejects_bytes_ = 0;
    rejects_bytes_ += line.size();
    if (++rejects_seen_ > options_.limits.rejects_max ||
        rejects_bytes_ > options_.limits.rejects_bytes()) {
        refusal.error.why = fmt::format(
            "this is the {}th rejected record; the source is probably "
            "broken, or the schema wrong",
            rejects_seen_);
        refusal.error.remedy = "correct the source, or allow more: --rejects-max N";
        refusal.error.id = "rejects-max";
        return at_line(std::move(refusal.error), line, record_begin, 1);
    }
    rejects_.push_back({message.stream, line_, refusal.error.id,
                        place_.empty() ? refusal.error.what : place_ + ": " + refusal.error.what,
                        std::string(line)});
    return {};
}

Result<> Intake::declare(const Message& message) {
    const auto found = slots_.find(message.stream);
    if (found != slots_.end()) {
        auto& slot = *found->second;
        describe(slot);
        STREAMS_TRY(slot.shape.declare_again(message.schema, message.key));
        return follow(slot);
    }
    auto shape =
        Shape::declared(message.stream, message.schema, message.key, policy_of(message.stream));
    if (!shape) return std::unexpected(std::move(shape).error());
    return add_slot(message.stream, *std::move(shape));
}

Result<> Intake::activate(const Message& message) {
    auto found = slot_of(message);
    if (!found) return std::unexpected(std::move(found).error());
    auto& slot = **found;
    if (!slot.shape.stream().versioned) {
        const Growth version{.need = Growth::Need::Version, .path = {}};
        describe(slot);
        STREAMS_TRY(slot.shape.grow({&version, 1}));
        STREAMS_TRY(follow(slot));
    }
    close(slot);
    if (closed_.empty() || closed_.back().stream != slot.stream ||
        closed_.back().batch.activate_version) {
        closed_.push_back({slot.stream, slot.builder.take()});
    }
    closed_.back().batch.activate_version = message.version;
    slot.last_item = Slot::kNone;
    activations_.push_back({message.stream, message.version.value_or(0)});
    return {};
}

Result<Intake::Slot*> Intake::slot_of(const Message& message) {
    const auto found = slots_.find(message.stream);
    if (found != slots_.end()) return found->second.get();
    if (!message.schema.empty()) {
        STREAMS_TRY(declare(message));
    } else {
        const auto key = message.key.value_or(std::vector<std::string>{});
        STREAMS_TRY(add_slot(message.stream,
                             Shape::inferred(message.stream, key, policy_of(message.stream))));
    }
    auto* slot = slots_.find(message.stream)->second.get();
    slot->inline_schema = message.schema;
    return slot;
}

Result<> Intake::add_slot(const std::string& stream, Shape shape) {
    if (shape.policy().load != Load::Overwrite) {
        auto stored = stored_(stream);
        if (!stored) return std::unexpected(std::move(stored).error());
        STREAMS_TRY(shape.merge_stored(*stored));
    } else {
        overwrites_ = true;
    }
    auto slot = std::make_unique<Slot>(std::move(shape), how_.takes);
    reader_.add(slot->builder);
    slots_[stream] = std::move(slot);
    return {};
}

// Rows that were built for fewer columns stay where the builder can follow; else they are closed,
// with the columns that they have.
Result<> Intake::follow(Slot& slot) {
    if (slot.builder.reshape()) return {};
    close_as_described(slot);
    ensure(slot.builder.reshape(), "an empty builder follows its shape");
    return {};
}

// Comes before a change of the shape, too: the rows of the builder are of the shape as it was.
void Intake::describe(Slot& slot) {
    if (slot.stream && slot.revision == slot.shape.revision()) return;
    slot.stream = std::make_shared<const Stream>(slot.shape.stream());
    slot.revision = slot.shape.revision();
}

void Intake::close(Slot& slot) {
    describe(slot);
    close_as_described(slot);
}

void Intake::close_as_described(Slot& slot) {
    if (slot.builder.rows() == 0) return;
    closed_.push_back({slot.stream, slot.builder.take()});
    add_hashes(closed_.back().batch, slot.stream->fields, how_.takes.hashes);
    slot.bytes = 0;  // Still in bytes_: the rows are in closed_ now.
    slot.has_handed_on = true;
    slot.last_item = Slot::kNone;  // Rows that are adopted come behind these.
}

ShapePolicy Intake::policy_of(const std::string& stream) const {
    ShapePolicy policy{.naming = how_.naming, .formats = options_.formats};
    policy.frozen = options_.freezes;
    policy.nested = options_.nested;
    policy.mixed = options_.mixed;
    policy.exact_numbers = options_.exact_numbers;
    policy.exact_times = options_.exact_times;
    if (!how_.merges || options_.load == Load::Append) policy.load = Load::Append;
    if (options_.load == Load::Overwrite || std::ranges::count(options_.refresh, stream) != 0) {
        policy.load = Load::Overwrite;
    }
    return policy;
}

std::vector<Item> Intake::take_items() {
    for (auto& [name, slot] : slots_) {
        close(*slot);
        if (slot->shape.policy().load == Load::Overwrite && !slot->has_handed_on) {
            closed_.push_back({slot->stream, {}});
            slot->has_handed_on = true;
        }
    }
    for (auto& [name, slot] : slots_) slot->last_item = Slot::kNone;
    bytes_ = 0;
    return std::exchange(closed_, {});
}

std::vector<Activation> Intake::take_activations() {
    return std::exchange(activations_, {});
}

std::vector<Reject> Intake::take_rejects() {
    return std::exchange(rejects_, {});
}

bool Intake::drop_activations() {
    for (auto& item : closed_) item.batch.activate_version.reset();
    return !std::exchange(activations_, {}).empty();
}

void Intake::pass_over(const Message& message) {
    const auto type = message.type == MessageType::Structure ? "STRUCTURE" : message.type_text;
    if (warned_.size() > 100 || !warned_.insert(type).second) return;
    log_warning(fmt::format("messages of type \"{}\" are passed over (first on line {})",
                            ascii_excerpt(type, 40), line_));
}

std::unexpected<Error> Intake::at_line(Error error, std::string_view line, std::int64_t column,
                                       std::size_t length) const {
    const auto place = !place_.empty()           ? place_
                       : how_.input_name.empty() ? fmt::format("line {}", line_)
                                                 : fmt::format("{}:{}", how_.input_name, line_);
    error.what = place + ": " + error.what;
    if (error.where.empty()) error.where = excerpt(line, line_, column, length);
    return std::unexpected(std::move(error));
}

std::string Intake::counts_text() const {
    std::uint64_t records = 0;
    for (const auto& [name, slot] : slots_) records += slot->records;
    return fmt::format("{} records of {} streams are good", records, slots_.size());
}

void Intake::warn_of_changes() const {
    for (const auto& [name, slot] : slots_) {
        const auto& fields = slot->shape.stream().fields;
        auto changes = slot->builder.changes();
        add_changes(changes, slot->adopted);
        for (std::size_t i = 0; i < std::min(fields.size(), changes.size()); ++i) {
            if (changes[i].cut_digits != 0) {
                log_warning(
                    fmt::format("{}.{}: {} times had more digits than microseconds; they were "
                                "cut",
                                name, fields[i].name, changes[i].cut_digits));
            }
            if (changes[i].local_times != 0) {
                log_warning(fmt::format("{}.{}: {} times had no zone; they were taken as UTC", name,
                                        fields[i].name, changes[i].local_times));
            }
        }
    }
}

}  // namespace streams
