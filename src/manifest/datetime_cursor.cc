#include "manifest/datetime_cursor.h"

#include <algorithm>
#include <fmt/format.h>

#include "manifest/time_format.h"

namespace streams::manifest {
namespace {

constexpr std::size_t kWindowsMax = 1'000'000;

std::vector<std::string> dotted(const std::string& text) {
    std::vector<std::string> path;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('.', start), text.size());
        path.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return path;
}

}  // namespace

Result<DatetimeCursor::Bound> DatetimeCursor::make_bound(const Part& part,
                                                         std::string_view property) {
    Bound bound;
    const auto child = part.child(property);
    if (child && child->kind() != "MinMaxDatetime") return child->misplaced("time");
    if (child &&
        (child->find("min_datetime") != nullptr || child->find("max_datetime") != nullptr)) {
        return child->refuse("min_datetime", "component-later",
                             "min_datetime and max_datetime are not run here yet");
    }
    auto text = child ? child->text("datetime", Names{"stream_partition"})
                      : part.text(property, Names{"stream_partition"});
    if (!text) return std::unexpected(std::move(text).error());
    bound.text = *std::move(text);
    if (child) bound.format = child->word("datetime_format");
    return bound;
}

Result<DatetimeCursor> DatetimeCursor::make(const Part& part) {
    if (part.kind() != "DatetimeBasedCursor") return part.misplaced("incremental sync");
    if (part.find("clamping") != nullptr) {
        return part.refuse("clamping", "component-later", "clamping is not run here yet");
    }
    DatetimeCursor made;
    auto field = part.text("cursor_field", "", {});
    if (!field) return std::unexpected(std::move(field).error());
    auto name = field->text(Scope(0));
    if (!name) return std::unexpected(std::move(name).error());
    made.field_ = *std::move(name);
    made.path_ = dotted(made.field_);
    made.format_ = part.word("datetime_format");
    if (const Node* formats = part.find("cursor_datetime_formats")) {
        for (const Node& item : formats->items) made.read_formats_.push_back(item.text);
    }
    made.read_formats_.push_back(made.format_);
    auto start = make_bound(part, "start_datetime");
    if (!start) return std::unexpected(std::move(start).error());
    auto end = make_bound(part, "end_datetime");
    if (!end) return std::unexpected(std::move(end).error());
    made.start_ = *std::move(start);
    made.end_ = *std::move(end);
    auto step = part.text("step", Names{});
    if (!step) return std::unexpected(std::move(step).error());
    auto lookback = part.text("lookback_window", Names{});
    if (!lookback) return std::unexpected(std::move(lookback).error());
    made.step_ = *std::move(step);
    made.lookback_ = *std::move(lookback);
    made.granularity_ = part.word("cursor_granularity", "PT0S");
    auto start_option = optional_request_option(part, "start_time_option");
    if (!start_option) return std::unexpected(std::move(start_option).error());
    auto end_option = optional_request_option(part, "end_time_option");
    if (!end_option) return std::unexpected(std::move(end_option).error());
    made.start_option_ = *std::move(start_option);
    made.end_option_ = *std::move(end_option);
    made.start_name_ = part.word("partition_field_start", "start_time");
    made.end_name_ = part.word("partition_field_end", "end_time");
    made.filters_here_ = part.flag("is_client_side_incremental");
    made.newest_first_ = part.flag("is_data_feed");
    const Node* order = part.extension("order");
    made.oldest_first_ = order != nullptr && order->text == "oldest_first";
    return made;
}

Result<std::optional<std::int64_t>> DatetimeCursor::bound(const std::optional<Template>& text,
                                                          const std::string& format,
                                                          const Scope& scope) const {
    if (!text) return std::optional<std::int64_t>();
    const auto rendered = text->text(scope);
    if (!rendered) return std::unexpected(rendered.error());
    if (rendered->empty() || *rendered == "None") return std::optional<std::int64_t>();
    auto time = format.empty() ? std::nullopt : parse_time(*rendered, format);
    if (!time) time = parse(*rendered);
    if (!time) {
        auto refused = fail(ErrorKind::Config, "setting-value",
                            fmt::format("\"{}\" is not a time", *rendered));
        refused.error().remedy = "write it as 2017-01-17T20:32:05Z";
        return refused;
    }
    return time;
}

Result<std::vector<Window>> DatetimeCursor::windows(const std::optional<std::string>& bookmark,
                                                    const Scope& scope) const {
    Window whole;
    auto start = bound(start_.text, start_.format, scope);
    if (!start) return std::unexpected(std::move(start).error());
    whole.start = *start;
    auto end = bound(end_.text, end_.format, scope);
    if (!end) return std::unexpected(std::move(end).error());
    whole.end = *end;
    if (bookmark) {
        auto time = parse(*bookmark);
        if (!time) {
            return fail(ErrorKind::Busy, "state-refused",
                        fmt::format("the state's \"{}\" is not a time", *bookmark));
        }
        if (lookback_) {
            const auto lookback = lookback_->text(scope);
            if (!lookback) return std::unexpected(lookback.error());
            time = add_duration(*time, lookback->empty() ? "PT0S" : *lookback, -1);
            if (!time) {
                return fail(ErrorKind::Config, "property-value",
                            fmt::format("lookback_window: \"{}\" is no duration", *lookback));
            }
        }
        whole.start = std::max(whole.start.value_or(*time), *time);
    }
    return divided(whole, scope);
}

Result<std::vector<Window>> DatetimeCursor::divided(Window whole, const Scope& scope) const {
    std::vector<Window> windows;
    if (!whole.end && (end_option_ || step_)) whole.end = scope.now_us();
    if (!step_ || !whole.start) {
        windows.push_back(whole);
        return windows;
    }
    const auto step = step_->text(scope);
    if (!step) return std::unexpected(step.error());
    for (std::int64_t from = *whole.start; from <= *whole.end;) {
        const auto next = add_duration(from, *step, 1);
        const auto last = next ? add_duration(*next, granularity_, -1) : std::nullopt;
        if (!next || !last || *next <= from || windows.size() >= kWindowsMax) {
            return fail(ErrorKind::Config, "property-value",
                        fmt::format("step: \"{}\" does not divide the time", *step));
        }
        windows.push_back({from, std::min(*last, *whole.end)});
        from = *next;
    }
    return windows;
}

void DatetimeCursor::describe(const Window& window, Json& partition) const {
    const auto text = [&](std::optional<std::int64_t> time) {
        return time ? Json::text(text_of(*time)) : Json();
    };
    partition.set(start_name_, text(window.start));
    partition.set(end_name_, text(window.end));
}

Result<> DatetimeCursor::apply(const Window& window, const Scope& scope,
                               RequestParts& parts) const {
    if (start_option_ && window.start) {
        STREAMS_TRY(start_option_->inject(Json::text(text_of(*window.start)), scope, parts));
    }
    if (end_option_ && window.end) {
        STREAMS_TRY(end_option_->inject(Json::text(text_of(*window.end)), scope, parts));
    }
    return {};
}

std::optional<std::int64_t> DatetimeCursor::time_of(const Json& record) const {
    const Json* value = record.find(field_);
    if (value == nullptr && path_.size() > 1) {
        value = &record;
        for (const std::string& key : path_) {
            value = value->find(key);
            if (value == nullptr) break;
        }
    }
    if (value == nullptr || value->is_null()) return std::nullopt;
    return parse(value->plain());
}

std::optional<std::int64_t> DatetimeCursor::parse(std::string_view text) const {
    for (const std::string& format : read_formats_) {
        if (const auto time = parse_time(text, format)) return time;
    }
    return parse_time(text, "");
}

std::string DatetimeCursor::text_of(std::int64_t time) const {
    return format_time(time, format_);
}

}  // namespace streams::manifest
