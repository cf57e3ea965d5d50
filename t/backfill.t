# bin/aep-backfill, against a stand-in for the intake.

use strict;
use warnings;

use AepIntake;
use AepPatience qw(patience);
use Cwd ();
use File::Basename ();
use File::Temp ();
use JSON::PP ();
use Test::More;
use Time::HiRes qw(sleep time);

my $backfill  = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../bin/aep-backfill');
my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
my $file      = "$directory/orders.ndjson";
delete $ENV{AEP_BACK_OFFICE_TOKEN};

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', $name or die "$name: $!";
    print $out $text;
    close $out or die "$name: $!";
    return;
}

sub content_of {
    my $name = shift;
    open my $in, '<', $name or return '';
    local $/;
    return <$in> // '';
}

sub document { return JSON::PP->new->canonical->encode({ id => "order-$_[0]" }) . "\n" }

# A new file of so many documents, nothing of it sent.
sub write_documents {
    my $count = shift;
    write_file($file, join q(), map { document($_) } 1 .. $count);
    unlink "$file.state", "$file.refused";
    return;
}

# Starts it; returns its process id.
sub begin {
    my ($intake, @options) = @_;
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        open STDOUT, '>', "$directory/out";
        open STDERR, '>', "$directory/err";
        exec $backfill, @options, $file, $intake->url or die "exec: $!";
    }
    return $pid;
}

# Runs it to its end; returns its exit code.
sub run {
    my $pid = begin(@_);
    waitpid $pid, 0;
    return $? >> 8;
}

sub said   { return content_of("$directory/err") }
sub output { return content_of("$directory/out") }

# One test: each document was accepted, and none twice unless it may be.
sub has_all {
    my ($intake, $count, $name, $may_repeat) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my %times = $intake->accepted;
    my @missing = grep { !$times{"order-$_"} } 1 .. $count;
    my @twice = $may_repeat ? () : grep { $times{$_} > 1 } keys %times;
    return is("@missing[0 .. ($#missing > 5 ? 5 : $#missing)] @twice", ' ', $name);
}

subtest 'a file is sent' => sub {
    write_documents(1234);
    my $intake = AepIntake->start;
    is(run($intake), 0, 'all is taken');
    has_all($intake, 1234, 'each document once');
    is(output(), "1234 documents: 1234 accepted, 0 duplicate, 0 ignored, 0 refused\n", 'the summary');
    like(said(), qr/\Aaep-backfill: 100\.0 %, 1234 documents, \d+ a second, 0:00 left, 0 refused\n\z/, 'one plain line');
    is(join(' ', map { $_->{documents} } $intake->requests), '500 500 234', 'in three requests');
    like(($intake->requests)[0]{header}, qr{^Content-Type: application/x-ndjson\r$}m, 'as NDJSON');
    unlike(($intake->requests)[0]{header}, qr/^Authorization/mi, 'without a token');
    ok(!-e "$file.refused", 'nothing is refused');
    is(run($intake), 0, 'once more');
    is(scalar(() = $intake->requests), 3, 'sends nothing');
    is(run($intake, '--restart', '--documents', 1000), 0, 'begun anew');
    is(scalar(() = $intake->requests), 5, 'in two requests of another size');
};

subtest 'an empty file, empty lines, and a last line without an end' => sub {
    my $intake = AepIntake->start;
    write_documents(0);
    is(run($intake), 0, 'an empty file');
    write_documents(0);
    write_file($file, "\n\n" . document(1) . "  \n\r\n" . document(2) =~ s/\n//r);
    is(run($intake), 0, 'empty lines');
    has_all($intake, 2, 'both documents once');
    write_documents(0);
    write_file($file, "\n \n");
    is(run($intake), 0, 'nothing but empty lines');
    is(scalar(() = $intake->requests), 1, 'no request without a document');
};

subtest 'requests stay below nginx\'s limit' => sub {
    write_documents(0);
    write_file($file, join q(), map { qq({"id":"order-$_","text":") . 'x' x 300_000 . qq("}\n) } 1 .. 8);
    my $intake = AepIntake->start(answers => [{ largest => 1024 * 1024 }]);
    is(run($intake), 0, 'all is taken');
    is(join(' ', map { $_->{documents} } $intake->requests), '3 3 2', 'three documents of 300 KB in a request');
    my $small = AepIntake->start(answers => [{ largest => 400_000 }]);
    write_file($file, content_of($file) . qq({"id":"large","text":") . 'x' x 500_000 . qq("}\n));
    is(run($small, '--restart'), 1, 'a smaller limit');
    has_all($small, 8, 'smaller requests bring all');
    like(content_of("$file.refused"), qr/\A\{"line":9,"reason":"the document is larger than nginx takes.*\}\n\z/, 'but one that is too large');
};

subtest 'what is refused' => sub {
    write_documents(0);
    write_file($file, join q(), document(1), "\n", "{no JSON\n", qq({"id":"x","result":"duplicate"}\n),
        qq({"id":"y","result":"ignored"}\n), qq({"id":"z","result":"invalid"}\n), document(2));
    my $intake = AepIntake->start;
    is(run($intake, '--documents', 2), 1, 'the exit code tells');
    has_all($intake, 2, 'all others are taken');
    is(output(), "6 documents: 2 accepted, 1 duplicate, 1 ignored, 2 refused (see $file.refused)\n", 'the summary');
    is(
        content_of("$file.refused"),
        qq({"expected":"a JSON object","line":3,"reason":"not JSON","result":"invalid"}\n)
            . qq({"event":"orderPlaced","id":"z","line":6,"reason":"no such store","result":"invalid"}\n),
        'the report names the lines of the file'
    );
};

subtest 'nginx asks to wait' => sub {
    write_documents(1000);
    my $soon = 'Thu, 01 Jan 2026 00:00:00 GMT';
    my $intake = AepIntake->start(answers =>
            [{ status => 503, retry_after => 1 }, { status => 429, retry_after => $soon }, { retry_after => 0, full_after => 200 }, { interim => 1 }]);
    my $begun = time;
    is(run($intake), 0, 'all is taken');
    has_all($intake, 1000, 'each document once');
    my @requests = $intake->requests;
    is(join(' ', map { "$_->{status}:$_->{documents}" } @requests), '503:500 429:500 202:500 202:500 202:300', 'what was not taken comes again');
    cmp_ok($requests[1]{time} - $requests[0]{time}, '>=', 1, 'after the seconds that nginx named');
    cmp_ok($requests[2]{time} - $requests[1]{time}, '<', patience(0.9), 'or at once, at a time that has passed');
    like(said(), qr/nginx answered 503: status 503; tries again in 1 s\n/, 'it says so');
    like(said(), qr/nginx had no room for all; tries again in 1 s\n/, 'and where only some were taken');
};

subtest 'connections that fail' => sub {
    write_documents(900);
    my $intake = AepIntake->start(answers => [{ cut => 1 }, { half => 1 }, {}]);
    is(run($intake), 0, 'all is taken');
    has_all($intake, 900, 'each document', 'may repeat');
    like(said(), qr/curl: Empty reply from server; tries again in/, 'it says that there was no answer');
    like(said(), qr/curl: [^\n]* \d+ bytes (?:remaining to read|missing); tries again in/, 'and that it was cut');
    cmp_ok(($intake->requests)[2]{time} - ($intake->requests)[1]{time}, '>=', 1.4, 'the pauses grow');
};

subtest 'it gives up, if it is to' => sub {
    write_documents(10);
    my $intake = AepIntake->start(answers => [{ status => 503 }]);
    is(run($intake, '--patience', 2), 75, 'the exit code says "later"');
    like(said(), qr/nginx answered 503: status 503; nothing was taken for \d+ s\n.*stopped behind line 0 of \Q$file\E: the same command goes on there\n\z/s, 'it says why');
};

subtest 'a signal stops it, the same command goes on' => sub {
    for my $signal (qw(TERM KILL INT)) {
        write_documents(3000);
        my $intake = AepIntake->start(answers => [{ delay => 0.15 }]);
        my $pid = begin($intake, '--documents', 100);
        sleep 0.01 until scalar(() = $intake->requests) >= 5;
        kill $signal => $pid;
        waitpid $pid, 0;
        my $sent = scalar(() = $intake->requests);
        cmp_ok($sent, '<', 30, "$signal stops it in the middle");
        if ($signal ne 'KILL') {
            is($? >> 8, $signal eq 'TERM' ? 143 : 130, 'with the exit code of a signal');
            like(said(), qr/stopped by SIG$signal\n.*stopped behind line \d+00 of/, 'it says where');
        }
        is(run($intake, '--documents', 100), 0, 'it goes on');
        like(said(), qr/goes on behind line \d+00\n/, 'where it was');
        has_all($intake, 3000, 'each document', 'may repeat');
        cmp_ok(scalar(() = $intake->requests), '<=', 32, 'little is sent twice');
        is(output(), "3000 documents: 3000 accepted, 0 duplicate, 0 ignored, 0 refused\n", 'the summary is of both');
    }
};

subtest 'a report that was begun is not written twice' => sub {
    write_documents(0);
    write_file($file, join q(), map { qq({"id":"$_","result":"invalid"}\n) } 1 .. 4);
    my $intake = AepIntake->start(answers => [{}, { status => 503 }]);
    is(run($intake, '--documents', 2, '--patience', 0.1), 75, 'stopped');
    write_file("$file.refused", content_of("$file.refused") . "what a run wrote that was killed then\n");
    my $other = AepIntake->start;
    my $state = content_of("$file.state") =~ s/:$intake->{port}/:$other->{port}/r;
    write_file("$file.state", $state);
    is(run($other), 1, 'gone on');
    is(join(' ', content_of("$file.refused") =~ /"line":(\d+)/g), '1 2 3 4', 'each line once');
    unlike(content_of("$file.refused"), qr/killed/, 'and nothing else');
};

subtest 'tokens' => sub {
    my $token = 'aB3-._~+/=';
    my $intake = AepIntake->start(token => $token);
    write_documents(3);
    is(run($intake), 2, 'none');
    like(said(), qr/nginx answered 401: status 401; it takes another token: see aep_back_office_token, and --token-file\n/, 'it says what is wrong');
    write_file("$directory/token", "$token\n");
    chmod 0644, "$directory/token";
    is(run($intake, '--token-file', "$directory/token"), 2, 'in a file that others can read');
    like(said(), qr/others than its owner can read or change .*: run "chmod 600 .*"/, 'it says what to do');
    chmod 0600, "$directory/token";
    is(run($intake, '--token-file', "$directory/token"), 0, 'in a file');
    is(run($intake, '--restart', '--token-file', "$directory/none"), 2, 'in a file that is not there');
    {
        local $ENV{AEP_BACK_OFFICE_TOKEN} = $token;
        is(run($intake, '--restart'), 0, 'in the environment');
        local $ENV{AEP_BACK_OFFICE_TOKEN} = "a\nheader";
        is(run($intake, '--restart'), 2, 'one that is none');
    }
    unlike(said() . output() . content_of("$file.state"), qr/aB3-/, 'no file and no output holds it');
};

subtest 'nobody can see the token' => sub {
    write_documents(3);
    my $intake = AepIntake->start(answers => [{ delay => 3 }]);
    local $ENV{AEP_BACK_OFFICE_TOKEN} = 'the-token';
    my $pid = begin($intake);
    my $seen = '';
    my $children = "/proc/$pid/task/$pid/children";
    my $runs = qr/\bcurl\0-q\0/;    # that of another suite is started by its loader
    for (1 .. 1000) {
        last if $seen =~ $runs;     # before, it is still the program that starts it
        sleep 0.01;
        $seen = join ' ', map { content_of("/proc/$_/cmdline") . content_of("/proc/$_/environ") } split ' ', content_of($children);
    }
    like($seen, $runs, 'curl runs');
    unlike($seen, qr/the-token/, 'without the token as an argument or in its environment');
    waitpid $pid, 0;
    is($?, 0, 'all is taken');
};

subtest 'a bounded rate' => sub {
    write_documents(60);
    my $intake = AepIntake->start;
    my $begun = time;
    is(run($intake, '--rate', 30, '--documents', 10), 0, 'all is taken');
    cmp_ok(time - $begun, '>=', 1.9, '60 documents at 30 a second');
    is(join(' ', map { $_->{documents} } $intake->requests), '10 10 10 10 10 10', 'in even portions');
};

subtest 'what cannot go on' => sub {
    write_documents(3);
    my $intake = AepIntake->start(answers => [{ status => 404 }, { status => 415 }, { body => '<html>' }, {}]);
    is(run($intake), 2, 'no such location');
    like(said(), qr/nginx answered 404: status 404; expected the path of a location with aep_back_office/, 'it says what is wrong');
    is(run($intake), 2, 'a location that takes something else');
    is(run($intake), 2, 'an answer of somebody else');
    like(said(), qr/is not the back office intake: it answered 202, but not with a result for each document/, 'it says so');
    is(run($intake), 0, 'in the end');
    write_file($file, document(7) . document(8) . document(9));
    is(run($intake), 2, 'another file of the same name');
    like(said(), qr/\Q$file\E is not the file any more that was begun: begin anew with --restart/, 'it says what to do');
    write_file("$file.state", 'nonsense');
    is(run($intake), 2, 'a state that is none');
    is(run(AepIntake->start, '--restart'), 0, 'begun anew');
    is(run($intake), 2, 'another URL');
    like(said(), qr/was begun for http:\S+, not for http:\S+: begin anew/, 'it says what to do');
    is(run($intake, '--rate', 0), 2, 'a rate of nothing');
    is(run($intake, '--frequency', 3), 2, 'an unknown option');
    like(said(), qr/Unknown option: frequency\naep-backfill: try aep-backfill --help/, 'it says where to look');
    unlink $file;
    is(run($intake), 2, 'no file');
    like(said(), qr/cannot read \Q$file\E: No such file or directory/, 'it says so');
};

subtest 'a file that has grown' => sub {
    write_documents(0);
    write_file($file, join q(), map { document($_) } 1 .. 400);
    my $intake = AepIntake->start;
    is(run($intake), 0, 'sent');
    write_file($file, join q(), map { document($_) } 1 .. 410);
    is(run($intake), 0, 'and what is new, too');
    has_all($intake, 410, 'each document once');
    is(($intake->requests)[-1]{documents}, 10, 'alone');
};

subtest 'two at once' => sub {
    write_documents(10);
    my $intake = AepIntake->start(answers => [{ delay => 1 }]);
    my $pid = begin($intake);
    sleep 0.01 until content_of("/proc/$pid/task/$pid/children") =~ /\d/;
    my $url = $intake->url;
    like(`$backfill $file $url 2>&1`, qr/another aep-backfill sends \Q$file\E just now/, 'the second one does not begin');
    is($? >> 8, 2, 'and says so');
    waitpid $pid, 0;
    is($?, 0, 'the first one goes on');
};

subtest 'on a terminal' => sub {
    plan skip_all => 'there is no program "script"' unless grep { -x "$_/script" } split /:/, $ENV{PATH};
    write_documents(600);
    my $intake = AepIntake->start;
    my $url = $intake->url;
    my $shown = `script -qec "$backfill --documents 100 $file $url" /dev/null </dev/null`;
    is($?, 0, 'all is taken');
    like($shown, qr/\r\e\[K\[#{24}\] 100\.0 %, 600 documents, \d+ a second, 0:00 left, 0 refused\r?\n/, 'a bar');
};

subtest 'help' => sub {
    my $text = `$backfill --help`;
    is($?, 0, 'is given');
    like($text, qr/\Ausage: aep-backfill \[options\] FILE.ndjson URL\n/, 'to the output');
    is(scalar(grep { length > 120 } split /\n/, $text), 0, 'in lines that fit');
};

done_testing;
