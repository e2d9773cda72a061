#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/json.h"
#include "manifest/node.h"
#include "streams/error.h"

namespace streams::manifest {

/// What the names in a template stand for. Keeps references: what is given outlives it.
class Scope {
 public:
    /// The present, for `now_utc()`.
    explicit Scope(std::int64_t now_us) : now_us_(now_us) {}

    /// A copy in which `name` stands for `value`, hiding what it stood for.
    Scope with(std::string_view name, const Json& value) const;

    const Json* find(std::string_view name) const;
    std::int64_t now_us() const { return now_us_; }

 private:
    std::int64_t now_us_;
    std::vector<std::pair<std::string_view, const Json*>> names_;  // The last of a name counts.
};

/// A text of a manifest with `{{ }}` in it, compiled.
///
/// **Errors.** Config `template-syntax`, `template-variable` (a name that nothing here stands for)
/// when compiled; Data `template-failed` when rendered; all with file:line:column.
/// **Limits.** The steps of streams_templates.h, 1 MB of result.
class Template {
 public:
    Template() = default;  ///< An empty text.

    /// `$parameters` of its component are part of it. `allowed` are the names that may be used
    /// beside `config` and `parameters`.
    static Result<Template> compile(const std::string& file, const Node& text,
                                    const Node* parameters,
                                    const std::vector<std::string_view>& allowed);

    /// As text: `True`, `[1, 'a']` as Python prints them; what is undefined is empty.
    Result<std::string> text(const Scope& scope) const;

    /// As a value: what a single `{{ }}` gives, or what the text means as a Python literal.
    Result<Json> value(const Scope& scope) const;

    /// As a condition.
    Result<bool> holds(const Scope& scope) const;

    const std::string& source() const { return source_; }
    bool is_literal() const { return compiled_ == nullptr; }

 private:
    struct Free {
        void operator()(void* compiled) const;
    };

    Result<std::string> render(const Scope& scope, int wanted) const;
    std::string context(const Scope& scope) const;

    std::string file_;
    std::string source_;
    Place place_;
    Json parameters_;
    std::vector<std::string> variables_;
    std::unique_ptr<void, Free> compiled_;  // Null: a text without holes.
};

}  // namespace streams::manifest
