#include "manifest/backoff.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <re2/re2.h>

namespace streams::manifest {
namespace {

using Made = std::unique_ptr<Backoff>;
using MaybeSeconds = Result<std::optional<Backoff::Seconds>>;

std::optional<double> number_of(const std::string& text) {
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || !std::isfinite(number)) return std::nullopt;
    return number;
}

Result<Backoff::Seconds> seconds_of(const Template& text, const Scope& scope) {
    const auto rendered = text.text(scope);
    if (!rendered) return std::unexpected(rendered.error());
    const auto number = number_of(*rendered);
    if (!number) {
        return fail(ErrorKind::Config, "property-value",
                    "\"" + *rendered + "\" is not a number of seconds");
    }
    return Backoff::Seconds(*number);
}

class Constant final : public Backoff {
 public:
    explicit Constant(Template seconds) : seconds_(std::move(seconds)) {}

    static Result<Made> make(const Part& part) {
        auto seconds = part.text("backoff_time_in_seconds", "5", {});
        if (!seconds) return std::unexpected(std::move(seconds).error());
        return std::make_unique<Constant>(*std::move(seconds));
    }

    MaybeSeconds wait(const Setback& setback) const override {
        const auto seconds = seconds_of(seconds_, setback.scope);
        if (!seconds) return std::unexpected(seconds.error());
        return std::optional(*seconds);
    }
    bool reads_headers() const override { return false; }

 private:
    Template seconds_;
};

class Exponential final : public Backoff {
 public:
    explicit Exponential(Template factor) : factor_(std::move(factor)) {}

    static Result<Made> make(const Part& part) {
        auto factor = part.text("factor", "5", {});
        if (!factor) return std::unexpected(std::move(factor).error());
        return std::make_unique<Exponential>(*std::move(factor));
    }

    MaybeSeconds wait(const Setback& setback) const override {
        constexpr int kDoublingsMax = 12;
        const auto factor = seconds_of(factor_, setback.scope);
        if (!factor) return std::unexpected(factor.error());
        return std::optional(*factor * std::exp2(std::min(setback.attempt, kDoublingsMax)));
    }
    bool reads_headers() const override { return false; }

 private:
    Template factor_;
};

// WaitTimeFromHeader and WaitUntilTimeFromHeader.
class FromHeader final : public Backoff {
 public:
    static Result<Made> make_time(const Part& part) { return make(part, false); }
    static Result<Made> make_until(const Part& part) { return make(part, true); }

    MaybeSeconds wait(const Setback& setback) const override {
        const auto name = header_.text(setback.scope);
        if (!name) return std::unexpected(name.error());
        const std::string* value = setback.headers.find(*name);
        if (value == nullptr) return std::optional<Seconds>();
        auto number = number_of(relevant(*value));
        if (!number) return std::optional<Seconds>();
        if (until_) {
            constexpr double kMilliseconds = 1e11;
            if (*number > kMilliseconds) *number /= 1000;
            *number -= static_cast<double>(setback.now.time_since_epoch().count());
        }
        return std::optional(Seconds(std::max(*number, min_wait_)));
    }
    bool reads_headers() const override { return true; }

 private:
    static Result<Made> make(const Part& part, bool until) {
        auto made = std::make_unique<FromHeader>();
        auto header = part.text("header", "Retry-After", {});
        if (!header) return std::unexpected(std::move(header).error());
        made->header_ = *std::move(header);
        made->until_ = until;
        made->min_wait_ = number_of(part.word("min_wait", "0")).value_or(0);
        if (const std::string pattern = part.word("regex"); !pattern.empty()) {
            made->pattern_ = std::make_unique<RE2>(pattern, RE2::Quiet);
            if (!made->pattern_->ok()) {
                return part.refuse("regex", "property-value",
                                   "regular expression: " + made->pattern_->error());
            }
        }
        return made;
    }

    std::string relevant(const std::string& value) const {
        if (!pattern_) return value;
        re2::StringPiece found;
        const bool matches = pattern_->Match(value, 0, value.size(), RE2::UNANCHORED, &found, 1);
        return matches ? std::string(found.data(), found.size()) : std::string();
    }

    Template header_;
    std::unique_ptr<RE2> pattern_;
    double min_wait_ = 0;
    bool until_ = false;
};

const std::array<Maker<Made>, 4>& makers() {
    static const std::array<Maker<Made>, 4> all = {{
        {"ConstantBackoffStrategy", Constant::make},
        {"ExponentialBackoffStrategy", Exponential::make},
        {"WaitTimeFromHeader", FromHeader::make_time},
        {"WaitUntilTimeFromHeader", FromHeader::make_until},
    }};
    return all;
}

}  // namespace

Result<std::vector<Made>> make_backoffs(const Part& handler) {
    std::vector<Made> backoffs;
    for (const Part& part : handler.children("backoff_strategies")) {
        auto made = make_by_kind<Made>(part, makers(), "backoff strategy");
        if (!made) return std::unexpected(std::move(made).error());
        backoffs.push_back(*std::move(made));
    }
    return backoffs;
}

}  // namespace streams::manifest
