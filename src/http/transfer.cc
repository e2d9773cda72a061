// One exchange through libcurl. What libcurl lets pass is looked at here: headers that end early
// (it reports success and an empty body), two lengths that differ, a TLS connection that is cut,
// and a gzip body without its end (which is why its own decompression is off).

#include "http/transfer.h"

#include <algorithm>
#include <array>
#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/ssl.h>

#include "http/gunzip.h"

namespace streams::http {
namespace {

using std::chrono::milliseconds;

struct CloseHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

/// What has arrived of an answer.
struct Arriving {
    const ClientOptions& options;
    Response response = {};
    std::size_t header_bytes = 0;
    bool headers_ended = false;
    bool too_large = false;
};

void add_header_line(Headers& headers, std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string_view value = line.substr(colon + 1);
    const std::size_t begin = value.find_first_not_of(" \t");
    value.remove_prefix(begin == std::string_view::npos ? value.size() : begin);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    headers.add(std::string(line.substr(0, colon)), std::string(value));
}

std::size_t on_header(char* data, std::size_t /*one*/, std::size_t size, void* target) {
    auto& arriving = *static_cast<Arriving*>(target);
    std::string_view line(data, size);
    arriving.header_bytes += size;
    if (arriving.header_bytes > arriving.options.header_bytes_max) {
        arriving.too_large = true;
        return 0;
    }
    if (!line.ends_with('\n')) return size;  // Cut off: the end of the headers never comes.
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // Again after an interim answer, such as 100 or 103.
        arriving.response.headers = {};
        arriving.headers_ended = false;
    } else if (line.empty()) {
        arriving.headers_ended = true;
    } else if (!arriving.headers_ended) {  // Else a trailer: nobody asked for one.
        add_header_line(arriving.response.headers, line);
    }
    return size;
}

std::size_t on_body(char* data, std::size_t /*one*/, std::size_t size, void* target) {
    auto& arriving = *static_cast<Arriving*>(target);
    if (arriving.response.body.size() + size > arriving.options.body_bytes_max) {
        arriving.too_large = true;
        return 0;
    }
    arriving.response.body.append(data, size);
    return size;
}

int on_progress(void* target, curl_off_t /*to_come*/, curl_off_t /*come*/, curl_off_t /*to_go*/,
                curl_off_t /*gone*/) {
    const auto& stopping = *static_cast<const std::function<bool()>*>(target);
    return stopping && stopping() ? 1 : 0;
}

/// Notes that the other side ended its TLS connection itself. libcurl takes one that is cut for one
/// that has ended.
void on_tls_event(const SSL* session, int where, int what) {
    const bool alert_came = (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT;
    if (!alert_came || (what & 0xff) != SSL_AD_CLOSE_NOTIFY) return;
    *static_cast<bool*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), 0)) = true;
}

CURLcode on_tls(CURL* /*handle*/, void* context, void* ended) {
    SSL_CTX_set_ex_data(static_cast<SSL_CTX*>(context), 0, ended);
    SSL_CTX_set_info_callback(static_cast<SSL_CTX*>(context), &on_tls_event);
    return CURLE_OK;
}

bool is_openssl_below() {
    const char* library = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return library != nullptr && std::string_view(library).starts_with("OpenSSL/");
}

std::unexpected<Error> failed(ErrorKind kind, std::string id, std::string what, std::string why) {
    return std::unexpected(Error{kind, std::move(id), std::move(what), {}, std::move(why), {}});
}

std::unexpected<Error> error_of(CURLcode code, const std::string& why, const Hop& hop) {
    const std::string host = hop.url.origin();
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_CONNECT:
            return failed(ErrorKind::Transient, "unreachable", host + " cannot be reached", why);
        case CURLE_OPERATION_TIMEDOUT:
            return failed(ErrorKind::Transient, "timeout", host + " did not answer in time", why);
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
            return failed(ErrorKind::Config, "tls-refused",
                          "the certificate of " + host + " is not to be trusted", why);
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return failed(ErrorKind::Config, "bad-url", "this URL cannot be asked", why);
        case CURLE_FILESIZE_EXCEEDED:
            return failed(ErrorKind::Failed, "answer-too-large", "the answer is too large", why);
        case CURLE_ABORTED_BY_CALLBACK:
            return failed(ErrorKind::Failed, "stopped", "stopped while waiting for " + host, {});
        case CURLE_OUT_OF_MEMORY:
            return failed(ErrorKind::Failed, "out-of-memory", "no memory to ask " + host, {});
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            return failed(ErrorKind::Transient, "short-answer",
                          "the connection to " + host + " broke before the answer was whole", why);
        default:
            return failed(ErrorKind::Transient, "bad-answer",
                          "the answer of " + host + " makes no sense", why);
    }
}

bool has_no_body(const Hop& hop, const Response& response) {
    const std::string* length = response.headers.find("Content-Length");
    return hop.method == "HEAD" || response.status == 204 || response.status == 304 ||
           (length != nullptr && *length == "0");
}

/// Undoes `Content-Encoding`.
Result<> decode(const Hop& hop, Response& response, std::size_t bytes_max) {
    for (const std::string& coding : response.headers.all("Content-Encoding")) {
        if (coding.empty() || same_name(coding, "identity")) continue;
        if (response.body.empty() && has_no_body(hop, response)) continue;
        if (!same_name(coding, "gzip") && !same_name(coding, "x-gzip")) {
            return failed(ErrorKind::Failed, "bad-answer",
                          "the answer is compressed in a way that was not asked for", coding);
        }
        auto unpacked = gunzip(std::move(response.body), bytes_max);
        if (!unpacked) return std::unexpected(std::move(unpacked).error());
        response.body = *std::move(unpacked);
        response.headers.remove("Content-Length");
    }
    response.headers.remove("Content-Encoding");
    return {};
}

Result<Response> finish(const Hop& hop, Arriving& arriving) {
    const std::string& host = hop.url.origin();
    if (!arriving.headers_ended) {
        return failed(ErrorKind::Transient, "short-answer",
                      "the connection to " + host + " broke before the answer was whole",
                      "its headers were cut off");
    }
    const auto lengths = arriving.response.headers.all("Content-Length");
    if (std::ranges::adjacent_find(lengths, std::ranges::not_equal_to{}) != lengths.end()) {
        return failed(ErrorKind::Transient, "bad-answer",
                      "the answer of " + host + " makes no sense",
                      "it has two lengths that differ");
    }
    STREAMS_TRY(decode(hop, arriving.response, arriving.options.body_bytes_max));
    arriving.response.effective_url = hop.url.text();
    return std::move(arriving.response);
}

List header_list(const Hop& hop, const ClientOptions& options) {
    List list;
    const auto add = [&list](const std::string& line) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        ensure(longer != nullptr, "there is memory for a header");
        if (list == nullptr) list.reset(longer);
    };
    for (const auto& [name, value] : hop.headers) {
        const bool framing = same_name(name, "Content-Length") ||
                             same_name(name, "Transfer-Encoding") ||
                             same_name(name, "Accept-Encoding");
        if (!framing) add(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
    }
    if (!hop.headers.has("User-Agent")) add("User-Agent: " + options.user_agent);
    if (!hop.headers.has("Content-Type")) add("Content-Type:");  // Keeps libcurl from guessing.
    add("Accept-Encoding: gzip");
    add("Expect:");  // Waiting for a 100 costs a second where the other side knows none.
    return list;
}

class CurlTransport final : public Transport {
 public:
    CurlTransport(CURL* handle, const ClientOptions& options)
        : handle_(handle), options_(options), stopping_(options.stopping) {}

    Result<Response> exchange(const Hop& hop) override;

 private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        ensure(curl_easy_setopt(handle_.get(), option, value) == CURLE_OK,
               "libcurl knows the options that are set");
    }
    void set_limits(const Hop& hop);
    void set_message(const Hop& hop);

    /// Whether the answer stops where its connection does, and that was cut.
    bool is_cut(const Hop& hop, const Response& response) const;

    bool tls_ended_ = false;  // Written by connections, so it outlives the handle that has them.
    std::unique_ptr<CURL, CloseHandle> handle_;
    const ClientOptions& options_;
    std::function<bool()> stopping_;
};

void CurlTransport::set_limits(const Hop& hop) {
    const auto left = std::max<long>(1, static_cast<long>(hop.time_max.count()));
    const auto connect = static_cast<long>(milliseconds(options_.connect_timeout).count());
    set(CURLOPT_TIMEOUT_MS, left);
    set(CURLOPT_CONNECTTIMEOUT_MS, std::min(left, connect));
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.idle_timeout.count()));
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(options_.body_bytes_max));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &on_progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&stopping_));
    set(CURLOPT_NOSIGNAL, 1L);
    // After a name that was not found libcurl 7.88 keeps its buffer and refuses another size.
    curl_easy_setopt(handle_.get(), CURLOPT_BUFFERSIZE, 128L << 10);

    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
    if (is_openssl_below()) {
        set(CURLOPT_SSL_CTX_FUNCTION, &on_tls);
        set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(&tls_ended_));
    }
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    // A proxy cannot reach what listens on this machine.
    if (hop.url.is_loopback()) set(CURLOPT_PROXY, "");
    // On a kept connection libcurl sends again by itself when the other side had closed it.
    set(CURLOPT_FRESH_CONNECT, hop.repeatable ? 0L : 1L);
}

void CurlTransport::set_message(const Hop& hop) {
    set(CURLOPT_URL, hop.url.text().c_str());
    if (hop.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
        return;
    }
    const bool carries = hop.method == "POST" || hop.method == "PUT" || hop.method == "PATCH";
    if (carries || !hop.body.empty()) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(hop.body.size()));
        set(CURLOPT_POSTFIELDS, hop.body.empty() ? "" : hop.body.data());
    }
    set(CURLOPT_CUSTOMREQUEST, hop.method.c_str());
}

bool CurlTransport::is_cut(const Hop& hop, const Response& response) const {
    long version = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_HTTP_VERSION, &version);
    const bool ends_by_itself = has_no_body(hop, response) || version >= CURL_HTTP_VERSION_2_0 ||
                                response.headers.has("Content-Length") ||
                                response.headers.has("Transfer-Encoding");
    return !ends_by_itself && !tls_ended_ && is_openssl_below() &&
           hop.url.origin().starts_with("https:");
}

Result<Response> CurlTransport::exchange(const Hop& hop) {
    std::array<char, CURL_ERROR_SIZE> why{};
    tls_ended_ = false;
    Arriving arriving{.options = options_};
    const List headers = header_list(hop, options_);
    curl_easy_reset(handle_.get());  // Keeps connections, names and TLS sessions.
    set_limits(hop);
    set_message(hop);
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&arriving));
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&arriving));
    set(CURLOPT_ERRORBUFFER, why.data());
    const CURLcode code = curl_easy_perform(handle_.get());
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    arriving.response.status = static_cast<int>(status);
    const bool cut = is_cut(hop, arriving.response);
    curl_easy_reset(handle_.get());  // Nothing points into this frame any more.
    if (arriving.too_large) return error_of(CURLE_FILESIZE_EXCEEDED, {}, hop);
    if (code == CURLE_OK && cut) return error_of(CURLE_PARTIAL_FILE, "TLS was cut", hop);
    if (code != CURLE_OK) {
        return error_of(code, why[0] != '\0' ? why.data() : curl_easy_strerror(code), hop);
    }
    return finish(hop, arriving);
}

}  // namespace

Result<std::unique_ptr<Transport>> make_transport(const ClientOptions& options) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL* handle = ready == CURLE_OK ? curl_easy_init() : nullptr;
    if (handle == nullptr) return fail(ErrorKind::Failed, "http", "libcurl cannot be started");
    return std::make_unique<CurlTransport>(handle, options);
}

}  // namespace streams::http
