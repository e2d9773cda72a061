#include "pipeline/parser_pool.h"

#include <utility>

#include "pipeline/chunk_parser.h"

namespace streams {

ParserPool::~ParserPool() {
    {
        const std::lock_guard held(mutex_);
        is_over_ = true;
    }
    is_given_.notify_all();
}

void ParserPool::start() {
    threads_.reserve(wanted_);
    for (unsigned i = 0; i < wanted_; ++i) threads_.emplace_back([this] { work(); });
}

void ParserPool::give(Chunk chunk, std::shared_ptr<const Plans> plans) {
    if (threads_.empty()) start();
    ++chunks_;
    bytes_ += chunk.bytes.capacity();
    auto job = std::make_unique<Job>();
    job->chunk = std::move(chunk);
    job->plans = std::move(plans);
    {
        const std::lock_guard held(mutex_);
        jobs_.push_back(std::move(job));
    }
    is_given_.notify_one();
}

ParsedChunk ParserPool::take_oldest() {
    std::unique_ptr<Job> job;
    {
        std::unique_lock held(mutex_);
        ensure(!jobs_.empty(), "a chunk was given");
        is_done_.wait(held, [this] { return jobs_.front()->is_done; });
        job = std::move(jobs_.front());
        jobs_.pop_front();
        --begun_;
    }
    --chunks_;
    bytes_ -= job->parsed.chunk.bytes.capacity();
    return std::move(job->parsed);
}

// The next chunk that nobody parses; null when there will be none. It stays where it is until it is
// done.
ParserPool::Job* ParserPool::next_job() {
    std::unique_lock held(mutex_);
    is_given_.wait(held, [this] { return is_over_ || begun_ < jobs_.size(); });
    return is_over_ ? nullptr : jobs_[begun_++].get();
}

void ParserPool::work() {
    ChunkParser parser(takes_);
    while (Job* const job = next_job()) {
        auto parsed = parser.parse(std::move(job->chunk), job->plans);
        const std::lock_guard held(mutex_);
        job->parsed = std::move(parsed);
        job->is_done = true;
        is_done_.notify_one();
    }
}

}  // namespace streams
