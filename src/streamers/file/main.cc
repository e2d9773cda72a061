#include "streamers/file/file_streamer.h"

int main(int argc, char** argv) {
    return streams::run_streamer(argc, argv, streams::file_source::entry());
}
