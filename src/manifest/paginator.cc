#include "manifest/paginator.h"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace streams::manifest {
namespace {

using Made = std::unique_ptr<PaginationStrategy>;
using Token = std::optional<Json>;

const Names& page_names() {
    static const Names names = {
        "response",         "headers",         "last_record",          "last_page_size",
        "stream_partition", "next_page_token", "last_page_token_value"};
    return names;
}

std::optional<std::int64_t> integer_of(const Json& value) {
    std::int64_t number = 0;
    const std::string& text = value.text();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// A number of records a page: a literal or a template.
class PageSize {
 public:
    static Result<PageSize> make(const Part& part) {
        PageSize made;
        auto text = part.text("page_size", Names{});
        if (!text) return std::unexpected(std::move(text).error());
        made.text_ = *std::move(text);
        return made;
    }

    Result<Token> value(const Scope& scope) const {
        if (!text_) return Token();
        auto text = text_->text(scope);
        if (!text) return std::unexpected(std::move(text).error());
        if (text->empty()) return Token();
        if (!integer_of(Json::text(*text))) {
            return fail(ErrorKind::Config, "property-value",
                        fmt::format("a page size is a number, not \"{}\"", *text));
        }
        return Token(Json::number(*std::move(text)));
    }

    // Whether a page of `count` records is the last one.
    Result<bool> is_short(std::size_t count, const Scope& scope) const {
        if (count == 0) return true;
        const auto told = value(scope);
        if (!told) return std::unexpected(told.error());
        const Token& size = *told;
        return size && static_cast<std::int64_t>(count) < integer_of(*size).value_or(0);
    }

 private:
    std::optional<Template> text_;
};

class CursorPagination final : public PaginationStrategy {
 public:
    static Result<Made> make(const Part& part) {
        auto made = std::make_unique<CursorPagination>();
        auto value = part.text("cursor_value", "", page_names());
        if (!value) return std::unexpected(std::move(value).error());
        auto stop = part.text("stop_condition", page_names());
        if (!stop) return std::unexpected(std::move(stop).error());
        auto size = PageSize::make(part);
        if (!size) return std::unexpected(std::move(size).error());
        made->value_ = *std::move(value);
        made->stop_ = *std::move(stop);
        made->size_ = *std::move(size);
        return made;
    }

    std::optional<Json> first() const override { return std::nullopt; }

    Result<Token> next(const PageSeen& seen, const Scope& outer) const override {
        const Json count = Json::integer(static_cast<std::int64_t>(seen.count));
        const Json none;
        const Json& record = seen.last_record != nullptr ? *seen.last_record : none;
        const Scope scope = outer.with("response", seen.answer.body())
                                .with("headers", seen.answer.headers())
                                .with("last_page_size", count)
                                .with("last_record", record)
                                .with("last_page_token_value", seen.token ? *seen.token : none);
        if (stop_ && !stop_->source().empty()) {
            const auto stop = stop_->holds(scope);
            if (!stop) return std::unexpected(stop.error());
            if (*stop) return Token();
        }
        auto value = value_.value(scope);
        if (!value) return std::unexpected(std::move(value).error());
        return value->is_truthy() ? Token(*std::move(value)) : Token();
    }

    Result<Token> page_size(const Scope& scope) const override { return size_.value(scope); }

 private:
    Template value_;
    std::optional<Template> stop_;
    PageSize size_;
};

// PageIncrement and OffsetIncrement: the token is a number.
class Counting final : public PaginationStrategy {
 public:
    static Result<Made> make_page(const Part& part) { return make(part, false); }
    static Result<Made> make_offset(const Part& part) { return make(part, true); }

    std::optional<Json> first() const override {
        return on_first_ ? std::optional(Json::integer(start_)) : std::nullopt;
    }

    Result<Token> next(const PageSeen& seen, const Scope& scope) const override {
        const auto last = size_.is_short(seen.count, scope);
        if (!last) return std::unexpected(last.error());
        if (*last) return Token();
        const std::int64_t before = seen.token ? integer_of(*seen.token).value_or(start_) : start_;
        const std::int64_t step = by_records_ ? static_cast<std::int64_t>(seen.count) : 1;
        return Token(Json::integer(before + step));
    }

    Result<Token> page_size(const Scope& scope) const override { return size_.value(scope); }

 private:
    static Result<Made> make(const Part& part, bool by_records) {
        auto made = std::make_unique<Counting>();
        auto size = PageSize::make(part);
        if (!size) return std::unexpected(std::move(size).error());
        made->size_ = *std::move(size);
        made->by_records_ = by_records;
        made->start_ = integer_of(Json::text(part.word("start_from_page", "0"))).value_or(0);
        made->on_first_ = part.flag("inject_on_first_request");
        return made;
    }

    PageSize size_;
    std::int64_t start_ = 0;
    bool by_records_ = false;
    bool on_first_ = false;
};

const std::array<Maker<Made>, 3>& makers() {
    static const std::array<Maker<Made>, 3> all = {{
        {"CursorPagination", CursorPagination::make},
        {"PageIncrement", Counting::make_page},
        {"OffsetIncrement", Counting::make_offset},
    }};
    return all;
}

}  // namespace

Result<std::optional<Paginator>> Paginator::make(const Part& retriever) {
    const auto part = retriever.child("paginator");
    if (!part || part->kind() == "NoPagination") return std::optional<Paginator>();
    if (part->kind() != "DefaultPaginator") return part->misplaced("paginator");
    Paginator made;
    const auto strategy = part->child("pagination_strategy");
    if (!strategy) return part->misplaced("pagination strategy");
    auto made_strategy = make_by_kind<Made>(*strategy, makers(), "pagination strategy");
    if (!made_strategy) return std::unexpected(std::move(made_strategy).error());
    made.strategy_ = *std::move(made_strategy);
    auto size = optional_request_option(*part, "page_size_option");
    if (!size) return std::unexpected(std::move(size).error());
    made.size_option_ = *std::move(size);
    const auto token = part->child("page_token_option");
    if (token && token->kind() == "RequestPath") {
        made.token_is_url_ = true;
    } else if (token) {
        auto option = RequestOption::make(*token);
        if (!option) return std::unexpected(std::move(option).error());
        made.token_option_ = *std::move(option);
    }
    const Node* next_url = part->extension("next_url");
    made.verbatim_ = next_url != nullptr && next_url->text == "verbatim";
    return std::optional<Paginator>(std::move(made));
}

Result<> Paginator::apply(const std::optional<Json>& token, const Scope& scope,
                          http::Request& request, RequestParts& parts) const {
    if (size_option_) {
        const auto told = strategy_->page_size(scope);
        if (!told) return std::unexpected(told.error());
        const Token& size = *told;
        if (size) STREAMS_TRY(size_option_->inject(*size, scope, parts));
    }
    if (!token) return {};
    if (token_option_) return token_option_->inject(*token, scope, parts);
    if (!token_is_url_) return {};
    // Credentials are for the first page's host; the next page may be on another.
    const auto first = http::Url::parse(request.url);
    if (!first) return std::unexpected(first.error());
    const auto page = first->resolve(token->plain());
    if (!page) return std::unexpected(page.error());
    request.home = request.url;
    request.url = page->text();
    if (verbatim_) parts.query.clear();
    return {};
}

}  // namespace streams::manifest
