# An event that was answered with success reaches Edge, or the dead letters, whatever happens: to Edge, to nginx and its
# processes, to the disk.
#
# AEP_LOSS_EVENTS is how many events are sent (20000), AEP_LOSS_RATE how many in a second (600). With AEP_LOSS_KEEP the
# journals, the error log and the queue stay, in the directory that is named at the end.

use strict;
use warnings;

use AepEdge;
use AepServer;
use AepVisitors;
use File::Temp ();
use Test::More;
use Time::HiRes qw(sleep time);

my $events = $ENV{AEP_LOSS_EVENTS} || 20000;
my $rate   = $ENV{AEP_LOSS_RATE}   || 600;

plan skip_all => 'it is about real time' if $ENV{AEP_VALGRIND};
plan skip_all => 'sqlite3 is not installed' unless grep { -x "$_/sqlite3" } split /:/, $ENV{PATH};

# A mount that only this test and what it starts can see, and that goes with them.
if (!defined $ENV{AEP_OWN_MOUNTS} && system('unshare --mount true 2>/dev/null') == 0) {
    $ENV{AEP_OWN_MOUNTS} = 1;
    exec 'unshare', '--mount', $^X, (map { "-I$_" } @INC), $0;
}

my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1, CLEANUP => !$ENV{AEP_LOSS_KEEP});
my $disk      = "$directory/disk";
my $journal   = "$directory/edge.journal";
mkdir $disk or die "$disk: $!";
chmod 0755, $directory;    # workers are not root
my $is_mounted = $ENV{AEP_OWN_MOUNTS} && system("mount -t tmpfs -o size=128m,mode=0755 tmpfs $disk 2>/dev/null") == 0;

my $edge_port = AepServer::free_port();
my $edge;
my $server = AepServer->start(
    edge    => "http://127.0.0.1:$edge_port answer_timeout=300ms connect_timeout=500ms timeout=2s",
    workers => 2,
    daemon  => 1,
    main    => 'env LD_PRELOAD; env ASAN_OPTIONS; env LSAN_OPTIONS; env UBSAN_OPTIONS;',
    http    => "aep_queue $disk/queue; keepalive_requests 1000; client_body_buffer_size 64k;",
);
my $visitors;
my @killed;     # processes
my @phases;     # name and time of each

sub phase {
    my $name = shift;
    push @phases, [$name, time];
    note sprintf '%s: %s', scalar localtime, $name;
    return;
}

sub edge_comes { $edge = AepEdge->start(http => $edge_port, journal => $journal, keep => 100); return }
sub edge_goes  { $edge->stop; return }

# Edge does something for so many seconds; then it is well for some.
sub edge_does {
    my ($name, $mode, $seconds) = @_;
    phase("Edge $name");
    $edge->mode($mode);
    sleep $seconds;
    phase('Edge is well');
    $edge->mode({});
    sleep 1.5;
    return;
}

sub kill_a_worker {
    phase('a worker is killed');
    my ($victim) = $server->workers;
    push @killed, $victim;
    kill KILL => $victim;
    sleep 1;
    return;
}

sub kill_all {
    phase('the master and all workers are killed');
    my @all = $server->kill_now;
    AepServer::wait_until(sub { !grep { AepServer::is_running($_) } @all });
    $server->run;
    phase('and nginx is started again');
    sleep 2;
    return;
}

# Nothing more fits; returns what undoes it.
sub fill_disk {
    open my $out, '>', "$disk/ballast" or die "ballast: $!";
    $out->autoflush;
    for my $size (65536, 4096, 512) {
        1 while syswrite $out, 'x' x $size;
    }
    close $out;
    return sub { unlink "$disk/ballast" };
}

sub a_collect { return $server->client->post('/ee/v1/collect', '{"events":[{"xdm":{"eventType":"disk"}}]}')->{status} }

sub disk_is_full {
    phase('Edge goes, and the disk is full');
    edge_goes();
    my $free_it = fill_disk();
    ok(AepServer::wait_until(sub { a_collect() == 503 }, 20), 'a full disk: events are refused');
    kill_a_worker();
    sleep 1;
    phase('there is space again');
    $free_it->();
    ok(AepServer::wait_until(sub { a_collect() == 204 }, 10), 'space again: events are taken');
    edge_comes();
    phase('Edge is back');
    sleep 2;
    return;
}

sub all_that_can_happen {
    edge_does('hangs', { hang => JSON::PP::true() }, 3);
    edge_does('resets connections', { reset => JSON::PP::true() }, 2);
    kill_a_worker();
    edge_does('answers 503', { status => 503, retryAfter => 1 }, 2);
    edge_does('answers 429 to most', { rateLimit => 50 }, 2);
    edge_does('answers 400', { status => 400 }, 1);

    phase('Edge is stopped');
    edge_goes();
    sleep 2;
    kill_a_worker();
    phase('reload');
    ok($server->reload, 'nginx reloads');
    edge_comes();
    phase('Edge is back');
    sleep 2;
    kill_a_worker();
    phase('reload');
    ok($server->reload, 'nginx reloads');
    sleep 1;

    edge_does('stops in the middle of its answers', { reset => 'body' }, 1);
    phase('upgrade');
    ok($server->upgrade, 'the program is upgraded');
    edge_goes();
    phase('Edge is stopped');
    sleep 1.5;
    kill_all();
    phase('upgrade');
    ok($server->upgrade, 'the program is upgraded');
    edge_comes();
    phase('Edge is back');
    sleep 2;
  SKIP: {
        skip 'no disk can be mounted here, so none is filled', 2 unless $is_mounted;
        disk_is_full();
    }
    return;
}

sub queue_files { return map { s{.*/}{}r } glob "$disk/queue/*" }

# How many entries wait for Edge.
sub waiting {
    my $sum = 0;
    for my $name (grep { /\.db$/ } queue_files()) {
        my $table = { 'consent.db' => 'consents', 'orders.db' => 'orders' }->{$name} // 'entries';
        my ($count) = `sqlite3 'file:$disk/queue/$name?mode=ro' 'SELECT count(*) FROM $table' 2>/dev/null` =~ /(\d+)/;
        $sum += $count // 1;    # somebody is busy with it
    }
    return $sum;
}

edge_comes();
$visitors = AepVisitors->start(port => $server->port, rate => $rate);
phase('all is well');
sleep 2;
my $ends = time + 5 * $events / $rate;    # on a slow machine
do { all_that_can_happen() } while $visitors->events < $events && time < $ends;
phase('the end');
my $requests = $visitors->stop;

my $begun   = time;
my $longest = 60 + 30 + $events / 500;    # a consent whose worker was killed while it was sent waits for a minute
ok(AepServer::wait_until(sub { sleep 0.5; waiting() == 0 }, $longest), 'the queue gets empty')
    or diag(waiting() . ' entries wait');
my $drained = time - $begun;
sleep 2;    # empty files go
my @files = queue_files();
$server->quit;
$edge->stop;

my $account = $visitors->audit(edge => $journal, queue => "$disk/queue");
my @numbers = grep { !ref $account->{$_} } sort keys %$account;
diag(join ', ', (map { "$_: $account->{$_}" } @numbers), sprintf('seconds to drain: %.1f', $drained));

is($account->{requests} + $account->{repeats}, $requests, 'all requests are known');
note "$account->{events} of $events events were sent";
is($account->{missingCount}, 0, 'every acknowledged event is with Edge or among the dead letters')
    or diag explain $account->{missing};
is($account->{waiting}, 0, 'nothing waits any more');
# The breaker may still spare Edge, after what came before, all the time in which it answers 400.
note $account->{deadLetters} ? "dead letters: $account->{deadLetters}" : 'Edge was asked for nothing while it answered 400';
# What was in flight when a worker was killed goes again: the busier the machine, the more.
cmp_ok($account->{twice}, '<', $account->{events} / 40, 'few events were delivered twice');
is_deeply($account->{manyIds}, [], 'with the same _id each time');
is_deeply([grep { $_ ne 'disk' } @{ $account->{strangers} }], [], 'and nothing that nobody has sent');
is_deeply($account->{wrongConsents}, [], 'what a visitor said last on consent is what Edge heard last');

my $belongs = qr/^(?:\d+\.lock|\d+\.db(?:-wal|-shm)?|(?:consent|orders)\.db(?:-wal|-shm)?|(?:consent|orders)(?:\.open)?\.lock|instance)$/;
is_deeply([grep { !/$belongs/ } @files], [], 'the queue has left no file that does not belong there');

my %killed = map { $_ => 1 } @killed;
# A worker that starts meanwhile cannot even open its file.
my $full   = qr/(?:queue|consent) could not be written|disk of the queue is nearly full|disk is full; new events/;
my @faults = grep { /$AepServer::fault/ && !/\[alert\].* (?:$full)/ && !(/ (\d+) exited on signal 9/ && $killed{$1}) }
    split /\n/, $server->log;
is(join("\n", @faults), '', 'no fault but those');
if ($ENV{AEP_LOSS_KEEP}) {
    system 'cp', '-r', "$disk/queue", $server->directory . '/error.log', "$visitors->{journal}", $directory;
    diag("see $directory");
}
system 'umount', $disk if $is_mounted;
note(sprintf '%8.1f s  %s', $_->[1] - $phases[0][1], $_->[0]) for @phases;

done_testing;
