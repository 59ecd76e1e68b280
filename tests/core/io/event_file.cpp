#include "core/io/event_file.h"

#include "core/base/error.h"
#include "core/io/packing.h"
#include "core/io/scratch.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>

using namespace tercet;
using namespace tercet::test;
using Catch::Matchers::Contains;

TEST_CASE("The events of a run are read in every form") {
    const ScratchFolder folder;
    const std::string tabs = "onset\tduration\ttrial_type\tstim_file\n"
                             "-1.5\tn/a\trest before\tn/a\n"
                             "32\t10.25\t2\tclips/0051.mp4\n";
    std::string commas = tabs;
    std::ranges::replace(commas, '\t', ',');
    for (const auto& [name, content] :
         std::map<std::string, std::string>{{"a.tsv", tabs}, {"a.tsv.gz", gzipped(tabs)}, {"a.csv", commas}}) {
        CAPTURE(name);
        const EventTable events = readEvents(folder.write(name, content));
        CHECK(events.onset == std::vector<double>{-1.5, 32});
        REQUIRE(events.duration.size() == 2);
        CHECK(std::isnan(events.duration[0]));
        CHECK(events.duration[1] == 10.25);
        CHECK(events.names == std::vector<std::string>{"trial_type", "stim_file"});
        CHECK(events.column("trial_type") == std::vector<std::string>{"rest before", "2"});
        CHECK(events.column("stim_file") == std::vector<std::string>{"", "clips/0051.mp4"});
        CHECK_THAT(messageOf<MissingError>([&] { (void)events.column("stimID"); }),
                   Contains("“stimID”") && Contains("trial_type, stim_file"));
    }
    // The order of columns is free, and a run may be without events.
    const EventTable turned = readEvents(folder.write("b.tsv", "duration\tstimID\tOnset\n2\t7\t1\n"));
    CHECK(turned.onset == std::vector<double>{1});
    CHECK(turned.duration == std::vector<double>{2});
    CHECK(turned.column("stimID") == std::vector<std::string>{"7"});
    const EventTable none = readEvents(folder.write("c.tsv", "onset\tduration\ttrial_type\n"));
    CHECK(none.onset.empty());
    CHECK(none.column("trial_type").empty());

    CHECK(looksLikeEvents(tabs));
    CHECK(looksLikeEvents("\xef\xbb\xbf" + commas));
    CHECK_FALSE(looksLikeEvents("onset_duration\ttrial_type\n"));
    CHECK_FALSE(looksLikeEvents("video_id,description\r\n1,the onset,duration\r\n"));
    CHECK_FALSE(looksLikeEvents(""));
}

TEST_CASE("Bad tables of events are told in one sentence") {
    const ScratchFolder folder;
    const std::vector<std::pair<std::string, const char*>> cases{
        {"onset\ttrial_type\n1\t2\n", "a column “duration”, found onset, trial_type"},
        {"time\tduration\n1\t2\n", "a column “onset”"},
        {"onset\tduration\nn/a\t2\n", "line 2, column 1 “onset”: expected a number, found the text “n/a”"},
        {"onset\tduration\ninf\t2\n", "expected seconds, found “inf”"},
        {"onset\tduration\n1\t2\n3\t-1\n", "line 3, column 2 “duration”: expected seconds, at least 0, or n/a"},
        {"onset\tduration\n1\tnan\n", "at least 0, or n/a, found “nan”"},
        {"onset\tduration\n1\tlong\n", "found the text “long”"},
        {"onset\tduration\ttrial_type\n1\t2\n", "line 2: expected 3 cells, found 2"},
        {"", "nothing in it"},
        {std::string("onset\0duration\n", 15), "binary content"}};
    for (const auto& [content, says] : cases) {
        const auto path = folder.write("events.tsv", content);
        CHECK_THAT(messageOf<FormatError>([&] { (void)readEvents(path); }), Contains(says) && Contains("events.tsv"));
    }
    CHECK_THROWS_AS(readEvents(folder / "absent.tsv"), MissingError);
}

TEST_CASE("Labels of volumes and their runs are read") {
    const ScratchFolder folder;
    for (const char* content : {"rest 0\nface 0\nrest 1\n", "labels chunks\r\nrest 0\r\nface 0\r\nrest 1\r\n",
                                "rest\t0\nface\t0\nrest\t1\n", "label,chunk\nrest,0.0\nface,0.0\nrest,1.0\n"}) {
        CAPTURE(content);
        const VolumeLabels volumes = readVolumeLabels(folder.write("attributes.txt", content));
        CHECK(volumes.labels == std::vector<std::string>{"rest", "face", "rest"});
        CHECK(volumes.runs == std::vector<std::int64_t>{0, 0, 1});
    }
    const std::vector<std::pair<std::string, const char*>> bad{
        {"rest\nface\n", "a label and a run per line"},
        {"0 1 2\n0 1 2\n", "found 3 columns"},
        {"rest,0\nface,0.5\n", "line 2, column 2: expected the number of a run, found “0.5”"},
        {"rest,0\nface,1e300\n", "the number of a run"},
        {"rest,0\nface,first\n", "found the text “first”"},
        {"rest,0\n,1\n", "line 2, column 1: expected the label of a volume"}};
    for (const auto& [content, says] : bad) {
        const auto path = folder.write("bad.txt", content);
        CHECK_THAT(messageOf<FormatError>([&] { (void)readVolumeLabels(path); }),
                   Contains(says) && Contains("bad.txt"));
    }
}

TEST_CASE("Motion is read as each program writes it") {
    const ScratchFolder folder;
    const Matrix<double> wanted(2, 6, std::vector<double>{0, 0, 0, -0.5, 0.25, 1e-3, 1, 2, 3, 4, 5, 6});
    for (const char* content :
         {"0  0  0  -0.5  0.25  0.001  \n1  2  3  4  5  6  \n", "  0\t0\t0\t-0.5\t0.25\t0.001\n  1\t2\t3\t4\t5\t6\n",
          "# 3dvolreg matrices\n#roll pitch yaw dS dL dP\n 0 0 0 -0.5 0.25 1e-3\n  # second run\n 1 2 3 4 5 6\n# "
          "end\n"}) {
        CAPTURE(content);
        CHECK(readMotion(folder.write("rp_a.txt", content)) == wanted);
    }
    CHECK(readMotion(folder.write("confounds.tsv",
                                  "csf\ttrans_x_derivative1\trot_z\trot_y\trot_x\ttrans_z\ttrans_y\ttrans_x\n"
                                  "3\tn/a\t0.001\t0.25\t-0.5\t0\t0\t0\n4\t9\t6\t5\t4\t3\t2\t1\n")) == wanted);
    CHECK(readMotion(folder.write("more.1D", "1 2\n3 4\n5 6\n")).cols() == 2);

    const std::vector<std::pair<std::string, const char*>> bad{
        {"trans_x\ttrans_y\ttrans_z\trot_x\trot_y\n1\t2\t3\t4\t5\n", "a column “rot_z”"},
        {"# only comments\n#\n", "nothing in it"},
        {"1 2 3\n1 2\n", "line 2: expected 3 cells, found 2"},
        {"# one\n1 2 3\n1 nan 2\n", "line 3, column 2: expected a finite number, found “nan”"}};
    for (const auto& [content, says] : bad) {
        const auto path = folder.write("bad.par", content);
        CHECK_THAT(messageOf<FormatError>([&] { (void)readMotion(path); }), Contains(says) && Contains("bad.par"));
    }
}

TEST_CASE("Labels of a real scan are read") {
    const auto path = sharedFile("data/fmri/haxby2001_slice/attributes.txt");
    if (path.empty())
        return;
    const VolumeLabels numbers = readVolumeLabels(path);
    const VolumeLabels names = readVolumeLabels(path.parent_path() / "attributes_literal.txt");
    CHECK(numbers.labels.size() == 1452);
    CHECK(numbers.runs == names.runs);
    CHECK(std::set<std::string>(names.labels.begin(), names.labels.end()).size() == 9);
    for (std::int64_t run = 0; run < 12; ++run)
        CHECK(std::ranges::count(names.runs, run) == 121);
    for (std::size_t v = 0; v < numbers.labels.size(); ++v)
        CHECK((numbers.labels[v] == "1") == (names.labels[v] == "face"));
}

TEST_CASE("Events of a real study are read") {
    const auto archive = sharedFile("data/ck2017/ds005191_events_sub-01.tar.gz");
    if (archive.empty())
        return;
    const ScratchFolder folder;
    const std::string command = "tar xzf '" + archive.string() + "' -C '" + folder.path().string() + "'";
    REQUIRE(std::system(command.c_str()) == 0); // NOLINT(concurrency-mt-unsafe)
    std::size_t files = 0;
    std::set<std::string> clips;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        CHECK(looksLikeEvents(contentOf(entry.path())));
        const EventTable events = readEvents(entry.path());
        ++files;
        REQUIRE(events.onset.size() > 10);
        CHECK(std::ranges::is_sorted(events.onset));
        const auto& kinds = events.column("trial_type");
        const auto& stimuli = events.column("stimID");
        if (entry.path().string().find("trainPerception") == std::string::npos)
            continue;
        for (std::size_t e = 0; e < kinds.size(); ++e)
            if (kinds[e] == "2") {
                CHECK(events.duration[e] > 0);
                clips.insert(stimuli[e]);
            }
    }
    CHECK(files == 100);
    CHECK(clips.size() == 2180);
}
