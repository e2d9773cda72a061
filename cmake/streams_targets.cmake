# The only place that knows about compiler flags.

# What the checks under sanitizers build: every test program, every fuzz target.
add_custom_target(unit_tests)
add_custom_target(fuzz_targets)

function(streams_flags target)
    target_compile_features(${target} PRIVATE cxx_std_23)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
        -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2 -Wimplicit-fallthrough
        -Wnull-dereference -Wdouble-promotion
        -Wno-missing-field-initializers  # Designated initialisers name what differs from the default.
        $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>  # g++ 12 sees overlaps in "x" + std::string (PR105651).
        $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Wdocumentation -Wglobal-constructors
            -Wno-deprecated-declarations>  # std::stable_sort of libstdc++ 12 uses one.
        $<$<BOOL:${STREAMS_WERROR}>:-Werror>)
    target_compile_definitions(${target} PRIVATE STREAMS_VERSION="${PROJECT_VERSION}")
    if(STREAMS_SANITIZE)
        target_compile_options(${target} PRIVATE
            -fsanitize=${STREAMS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
        target_link_options(${target} PRIVATE -fsanitize=${STREAMS_SANITIZE})
        if(STREAMS_FUZZ)
            target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
        endif()
    else()
        # Hardening, read back from the ELF by a test.
        target_compile_options(${target} PRIVATE -fstack-clash-protection -fcf-protection=full
            -fstack-protector-strong -fPIE $<$<CXX_COMPILER_ID:GNU>:-ftrivial-auto-var-init=zero>)
        target_compile_definitions(${target} PRIVATE _GLIBCXX_ASSERTIONS
            $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=3>)
        target_link_options(${target} PRIVATE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
    endif()
endfunction()

# What no row passes through: compiled in two thirds of the time.
function(streams_cold target)
    target_compile_options(${target} PRIVATE $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:-O1>)
endfunction()

# Every .cc of this folder but tests, fuzz targets and main.cc.
function(streams_sources out)
    file(GLOB sources CONFIGURE_DEPENDS *.cc)
    list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|/main|_main)\\.cc$")
    set(${out} ${sources} PARENT_SCOPE)
endfunction()

# streams_test(TARGET LIBRARY): one test program of all *_test.cc of this folder.
function(streams_test name library)
    file(GLOB tests CONFIGURE_DEPENDS *_test.cc)
    if(STREAMS_TESTS AND tests)
        add_executable(${name}_test ${tests})
        target_link_libraries(${name}_test PRIVATE ${library} GTest::gtest_main)
        streams_flags(${name}_test)
        streams_cold(${name}_test)
        target_compile_options(${name}_test PRIVATE  # TEST makes a global; small numbers in tests are plain.
            $<$<CXX_COMPILER_ID:Clang>:-Wno-global-constructors -Wno-sign-conversion>)
        add_test(NAME ${name} COMMAND ${name}_test)
        set_tests_properties(${name} PROPERTIES LABELS unit ENVIRONMENT
            "STREAMS_SOURCE=${PROJECT_SOURCE_DIR};STREAMS_BIN=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
        add_dependencies(unit_tests ${name}_test)
    endif()
endfunction()

# streams_fuzz(LIBRARY): one libFuzzer program for each *_fuzz.cc of this folder, under STREAMS_FUZZ (clang).
# A line "// Seeds: FOLDER" in the source names its first inputs.
function(streams_fuzz library)
    file(GLOB sources CONFIGURE_DEPENDS *_fuzz.cc)
    if(NOT STREAMS_FUZZ)
        return()
    endif()
    foreach(source ${sources})
        cmake_path(GET source STEM name)
        add_executable(${name} ${source})
        target_link_libraries(${name} PRIVATE ${library})
        streams_flags(${name})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzz_targets ${name})
    endforeach()
endfunction()

# streams_room(NAME [COLD] DEPENDS rooms... LINKS libraries...): the library streams_NAME and NAME_test.
function(streams_room name)
    cmake_parse_arguments(ARG "COLD" "" "DEPENDS;LINKS" ${ARGN})
    streams_sources(sources)
    list(TRANSFORM ARG_DEPENDS PREPEND streams_)
    if(sources)
        add_library(streams_${name} STATIC ${sources})
        target_link_libraries(streams_${name} PUBLIC ${ARG_DEPENDS} ${ARG_LINKS})
        streams_flags(streams_${name})
        if(ARG_COLD)
            streams_cold(streams_${name})
        endif()
    else()
        add_library(streams_${name} INTERFACE)
        target_link_libraries(streams_${name} INTERFACE ${ARG_DEPENDS} ${ARG_LINKS})
    endif()
    streams_test(${name} streams_${name})
    streams_fuzz(streams_${name})
endfunction()

# streams_program(PROGRAM MAIN LIBRARY): an executable of one main file.
function(streams_program program main)
    add_executable(${program} ${main})
    target_link_libraries(${program} PRIVATE ${ARGN})
    streams_flags(${program})
endfunction()

# streams_persister(NAME DEPENDS rooms... LINKS libraries...): the program persist-NAME.
function(streams_persister name)
    cmake_parse_arguments(ARG "" "" "DEPENDS;LINKS" ${ARGN})
    streams_room(persister_${name} DEPENDS pipeline ${ARG_DEPENDS} LINKS ${ARG_LINKS})
    streams_program(persist-${name} main.cc streams_persister_${name})
endfunction()

# streams_streamer(NAME DEPENDS rooms... LINKS libraries...): the program stream-NAME.
function(streams_streamer name)
    cmake_parse_arguments(ARG "" "" "DEPENDS;LINKS" ${ARGN})
    streams_room(streamer_${name} DEPENDS ${ARG_DEPENDS} LINKS ${ARG_LINKS})
    streams_program(stream-${name} main.cc streams_streamer_${name})
endfunction()
