// Redirects are followed here and not by libcurl, because libcurl takes every header of the
// caller's along, and knows nothing of secrets that are not called Authorization.

#include "http/client.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/log.h"
#include "http/base64.h"
#include "http/transfer.h"

namespace streams::http {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kWhyBytesMax = 300;

/// The only headers that another origin may see.
constexpr std::array<std::string_view, 4> kTravelling = {"Accept", "Accept-Language",
                                                         "Content-Type", "User-Agent"};

bool is_any(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

Headers travelling(const Headers& headers) {
    Headers kept;
    for (const auto& [name, value] : headers) {
        const bool travels = std::ranges::any_of(
            kTravelling, [&name](std::string_view other) { return same_name(name, other); });
        if (travels) kept.add(name, value);
    }
    return kept;
}

bool is_token(std::string_view name) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !name.empty() && std::ranges::all_of(name, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

Result<> check(const Request& request) {
    if (!is_token(request.method)) {
        return fail(ErrorKind::Config, "bad-method", "the method of a request is one word");
    }
    for (const auto& [name, value] : request.headers) {
        const bool clean = std::ranges::none_of(value, [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return (byte < 0x20 && c != '\t') || byte == 0x7f;
        });
        if (is_token(name) && clean) continue;
        return std::unexpected(
            Error{ErrorKind::Config,
                  "bad-header",
                  "the header \"" + ascii_excerpt(name, kWhyBytesMax) + "\" cannot be sent",
                  {},
                  is_token(name) ? "its value has a line break or another control "
                                   "character"
                                 : "its name is not one word",
                  "look at the end of the setting that it comes from"});
    }
    return {};
}

/// Where the answer sends the request instead; null if it does not.
const std::string* location_of(const Response& response) {
    const int status = response.status;
    const bool sends =
        status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    return sends ? response.headers.find("Location") : nullptr;
}

class CurlClient final : public Client {
 public:
    explicit CurlClient(ClientOptions options) : options_(std::move(options)) {}
    Result<> open() {
        auto transport = make_transport(options_);
        if (!transport) return std::unexpected(std::move(transport).error());
        transport_ = *std::move(transport);
        return {};
    }

    Result<Response> send(const Request& request) override;

 private:
    Result<Response> follow(Hop& hop);
    static Result<> redirect(Hop& hop, int status, std::string_view location);

    const ClientOptions options_;
    std::unique_ptr<Transport> transport_;
    SystemClock clock_;
};

/// The first hop of a request: its URL with its query, and with its headers if it stays at home.
Result<Hop> first_hop(const Request& request, Redactor& secrets) {
    STREAMS_TRY(check(request));
    const auto url = Url::parse(request.url);
    if (!url) return std::unexpected(url.error());
    const auto home = request.home.empty() ? url : Url::parse(request.home);
    if (!home) return std::unexpected(home.error());
    const bool at_home = home->origin() == url->origin();

    Hop hop{.method = request.method,
            .url = url->with_query(request.query),
            .headers = at_home ? request.headers : travelling(request.headers),
            .body = request.body,
            .repeatable = is_repeatable(request)};
    if (at_home && !url->user_info().empty() && !hop.headers.has("Authorization")) {
        const std::string& info = url->user_info();
        secrets.hide(base64(info));
        secrets.hide(info.substr(info.find(':') + 1));
        hop.headers.add("Authorization", "Basic " + base64(info));
    }
    return hop;
}

Result<Response> CurlClient::send(const Request& request) {
    Redactor secrets = request.secrets;
    auto hop = first_hop(request, secrets);
    auto response = hop ? follow(*hop) : Result<Response>(std::unexpected(hop.error()));
    if (response) return response;
    Error& error = response.error();
    error.what = secrets.clean(error.what);
    error.why = ascii_excerpt(secrets.clean(error.why), kWhyBytesMax);
    if (error.where.empty()) error.where = shown_request(request);
    return response;
}

Result<Response> CurlClient::follow(Hop& hop) {
    const auto end = clock_.monotonic() + options_.total_timeout;
    for (unsigned redirects = 0;; ++redirects) {
        hop.time_max = std::chrono::ceil<milliseconds>(end - clock_.monotonic());
        if (hop.time_max.count() <= 0) {
            return fail(ErrorKind::Transient, "timeout",
                        hop.url.origin() + " did not answer in time");
        }
        auto response = transport_->exchange(hop);
        const std::string* location = response ? location_of(*response) : nullptr;
        if (location == nullptr) return response;
        if (redirects == options_.redirects_max) {
            return fail(ErrorKind::Failed, "bad-redirect",
                        hop.url.origin() + " sends from one address to the next without end");
        }
        STREAMS_TRY(redirect(hop, response->status, *location));
    }
}

Result<> CurlClient::redirect(Hop& hop, int status, std::string_view location) {
    auto next = hop.url.resolve(location);
    if (!next) {
        Error error = std::move(next).error();
        error.id = "bad-redirect";
        return while_doing(hop.url.origin() + " sends elsewhere", std::move(error));
    }
    const bool to_get = (status == 303 && hop.method != "HEAD") ||
                        ((status == 301 || status == 302) && hop.method == "POST");
    if (to_get) {
        hop.method = "GET";
        hop.body = {};
        hop.repeatable = true;
        hop.headers.remove("Content-Type");
    }
    if (next->origin() != hop.url.origin()) {
        if (!hop.body.empty()) {
            return fail(ErrorKind::Failed, "bad-redirect",
                        hop.url.origin() + " sends a request with a body on to " + next->origin() +
                            ", which may not read it");
        }
        hop.headers = travelling(hop.headers);
    }
    hop.url = *std::move(next);
    return {};
}

}  // namespace

Result<std::unique_ptr<Client>> make_client(ClientOptions options) {
    auto client = std::make_unique<CurlClient>(std::move(options));
    STREAMS_TRY(client->open());
    return client;
}

bool is_repeatable(const Request& request) {
    return request.repeatable ||
           is_any(request.method, {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"});
}

std::string shown_request(const Request& request) {
    const auto url = Url::parse(request.url);
    const std::string text = url ? url->with_query(request.query).text() : request.url;
    return request.method + " " + printable(request.secrets.clean(redact_url(text)));
}

}  // namespace streams::http
