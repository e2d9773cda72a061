#include "persisters/file/file_persister.h"

int main(int argc, char** argv) {
    return streams::run_persister(argc, argv, streams::file::entry());
}
