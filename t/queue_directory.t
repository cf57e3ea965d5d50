# Where the queue is, who may use the directory, and what nginx says when it cannot.

use strict;
use warnings;

use AepEdge;
use AepQueue;
use AepServer;
use Cwd ();
use Fcntl ();
use File::Path ();
use File::Temp ();
use Test::More;
use Time::HiRes qw(sleep);

my $event  = '{"events":[{"xdm":{"eventType":"commerce.purchases"}}]}';
my $header = 'add_header X-Outcome $aep_outcome always;';
my $edge   = AepEdge->start;

sub outcome { return $_[0]{headers}{'x-outcome'}[0] // '' }

sub start {
    my %options = @_;
    $edge->clear;
    return AepServer->start(edge => $edge->url, server => $header, workers => 1, %options);
}

sub interact {
    my $server = shift;
    return $server->client->post('/ee/v1/interact', $event);
}

sub ends_clean {
    my ($server, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $server->quit;
    return $server->is_clean($name);
}

sub write_file {
    my ($path, $text) = @_;
    open my $out, '>', $path or die "$path: $!";
    print $out $text;
    close $out or die "$path: $!";
    return;
}

sub read_file {
    my $path = shift;
    open my $in, '<', $path or return '';
    local $/;
    return scalar <$in>;
}

# What `nginx -t` says of a server's configuration, and whether it takes it.
sub check_configuration {
    my $server  = shift;
    my @command = map { "'$_'" } AepServer::binary(), '-t', '-e', 'stderr', '-p', $server->directory, '-c',
        $server->directory . '/nginx.conf';
    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD} // '';
    my $said = `@command 2>&1`;
    return ($? == 0, $said);
}

# The alert of a server that has started without its queue.
sub alert_of {
    my ($server, $part) = @_;
    return $server->wait_for_log(qr/\[alert\].*\Q$part\E.*there is no queue/) // '';
}

sub mode_of { return sprintf '%04o', (stat shift)[2] & oct 7777 }

subtest 'without a word the queue is beside the client bodies' => sub {
    my $server    = start(default_queue => 1);
    my $directory = $server->directory . '/aep-queue';
    is($server->client->get('/page.html')->{status}, 200, 'a worker is there');
    ok(-d $directory, 'there is a directory');
    is(mode_of($directory), '0700', 'for the workers alone');
    is((stat $directory)[4], (stat '/proc/' . ($server->workers)[0])[4], 'and theirs');
    is(read_file("$directory/instance"), $server->directory . "/nginx.pid\n", 'it names its nginx');
    $edge->mode({ status => 503 });
    is(outcome(interact($server)), 'queued', 'events are kept');
    my @files = grep { -f } glob "$directory/*";
    is(join(' ', grep { mode_of($_) ne '0600' } @files), '', 'in files that others cannot read');
    is($server->queue->count, 1, 'one of them holds the event');
    ends_clean($server, 'with the usual directory');
};

# Nothing outside of the test's directory is touched: nginx and what it starts see other directories in those places.
sub in_place_of {
    my %directory_for = @_;
    my $mounts = join ' && ', map { "mount --bind '$directory_for{$_}' '$_'" } sort keys %directory_for;
    return ['unshare', '--mount', 'sh', '-c', "$mounts && exec \"\$@\"", 'sh'];
}

subtest 'without any path the queue is where nginx itself keeps client bodies' => sub {
    my ($body) = AepServer::nginx_configuration() =~ m{--http-client-body-temp-path=(/\S+)/[^/\s]+};
    plan skip_all => 'only root can mount something there' if $> != 0 || system 'unshare --mount true 2>/dev/null';
    plan skip_all => 'this nginx has a path of its own there' unless $body && -d $body;
    my $place = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
    chmod 0755, $place;
    my %usual = (default_queue => 1, paths => '', command => in_place_of($body => $place));

    my $server = start(%usual);
    $edge->mode({ status => 503 });
    is(outcome(interact($server)), 'queued', 'an event is kept');
    is(AepQueue->new("$place/aep-queue")->count, 1, 'there');
    ok(!-e $server->directory . '/aep-queue', 'and not at nginx\'s prefix');
    ends_clean($server, 'where nothing is named');

    File::Path::remove_tree("$place/aep-queue");
    mkdir $server->directory . '/one';
    chmod 0755, $server->directory . '/one';
    $server->start_again(server => "$header client_body_temp_path AEP_DIRECTORY/one/body;");
    ok(AepServer::wait_until(sub { -f "$place/aep-queue/1.db" }), 'there, too, where each website names a path');
    ends_clean($server, 'where a website names a path');
};

my $body_elsewhere = "client_body_temp_path AEP_DIRECTORY/data/body;\n";
my $proxy_here     = join q(), map { "${_}_temp_path AEP_DIRECTORY/$_;\n" } qw(proxy fastcgi uwsgi scgi);

# A server with an event in the queue at its prefix, where earlier builds of the module had it, and which is not where
# it is now. It has ended.
sub with_earlier_queue {
    my $server = start(http => 'aep_queue aep-queue;');
    $edge->mode({ status => 503 });
    is(outcome(interact($server)), 'queued', 'an event is kept at the prefix');
    ends_clean($server, 'before');
    mkdir $server->directory . '/data';
    chmod 0755, $server->directory . '/data';
    write_file($server->directory . '/error.log', '');
    return $server;
}

my %since = (http => '', default_queue => 1, paths => $body_elsewhere . $proxy_here);

subtest 'the queue of an earlier build is taken over' => sub {
    my $server = with_earlier_queue();
    my ($before, $now) = map { $server->directory . $_ } qw(/aep-queue /data/aep-queue);
    $server->configure(%since);
    my ($good, $said) = check_configuration($server);
    ok($good && -d $before && !-e $now, 'nginx -t leaves it alone') or diag($said);

    $server->start_again(%since);
    ok($server->wait_for_log(qr{\[notice\].*the queue of an earlier build, \Q$before\E, is now \Q$now\E}),
        'the log says so');
    ok(!-e $before, 'it has gone there');
    is(AepQueue->new($now)->count, 1, 'with its event');
    $edge->recover;
    ok(AepQueue->new($now)->becomes_empty, 'which is delivered');
    is(scalar(grep { $_->{outcome} eq 'accepted' } @{ $edge->events }), 1, 'once');
    ends_clean($server, 'with a queue of an earlier build');
};

subtest 'the queue of an earlier build that cannot be taken over is named' => sub {
    my $server  = with_earlier_queue();
    my $before  = $server->directory . '/aep-queue';
    my $warning = qr{\[warn\].*\Q$before\E is the queue of an earlier build.*is not delivered.*"aep_queue \Q$before\E;"};
    my %reasons = (
        'another one is there' => sub {
            my $now = $server->directory . '/data/aep-queue';
            mkdir $now, oct 700;
            write_file("$now/file", '');
            chown +(stat $before)[4, 5], $now;
            return %since;
        },
        'somebody has named one' => sub { return (%since, http => 'aep_queue chosen;') },
    );
    for my $reason (sort keys %reasons) {
        write_file($server->directory . '/error.log', '');
        $server->start_again($reasons{$reason}->());
        ok($server->wait_for_log($warning), "$reason: the log says so");
        is(AepQueue->new($before)->count, 1, 'the event is where it was');
        my $lines = () = $server->log =~ /earlier build/g;
        ok($server->reload && $lines == (() = $server->log =~ /earlier build/g), 'a reload does not say it again');
        ends_clean($server, $reason);
    }
    write_file("$before/instance", "/run/another.pid\n");
    write_file($server->directory . '/error.log', '');
    $server->start_again(%since, http => 'aep_queue chosen;');
    unlike($server->log, qr/earlier build/, 'that of another nginx is none');
    ends_clean($server, 'beside another nginx');
};

subtest 'the queue of an earlier build whose workers are still there' => sub {
    my $server = with_earlier_queue();
    my ($before, $now) = map { $server->directory . $_ } qw(/aep-queue /data/aep-queue);
    open my $lock, '>>', "$before/1.lock" or die "1.lock: $!";
    flock $lock, Fcntl::LOCK_EX() or die "flock: $!";
    $server->start_again(%since);
    ok($server->wait_for_log(qr{\[warn\].*\Q$before\E, stays in use, .*it will become \Q$now\E}), 'stays, says the log');
    is(outcome(interact($server)), 'queued', 'it is used');
    is(AepQueue->new($before)->count, 2, 'where it is');
    ok($server->reload && !-e $now, 'after a reload, too');
    ends_clean($server, 'with workers of before');
    close $lock;
    $server->start_again(%since);
    ok(!-e $before && -d $now, 'it is taken over when they have gone');
    is(AepQueue->new($now)->count, 2, 'with all events');
    ends_clean($server, 'without them');
};

subtest 'a directory that a restart empties' => sub {
    my $server = start(default_queue => 1);
    plan skip_all => 'this server is not below /tmp' if $server->directory !~ m{^/tmp/};
    my $warning = qr{\[warn\].*events that wait for Edge are kept in \S+/aep-queue, .*restarts: name a directory};
    ok($server->wait_for_log($warning), 'is told at the start');
    my $count = () = $server->log =~ /$warning/g;
    ok($server->reload, 'nginx reloads');
    is(scalar(() = $server->log =~ /$warning/g), $count, 'it is not told again');
    ends_clean($server, 'before');
    write_file($server->directory . '/error.log', '');
    $server->start_again(http => 'aep_queue chosen;');
    unlike($server->log, qr/restarts/, 'nor of one that somebody has chosen');
    ends_clean($server, 'after');
};

subtest 'a relative path begins at the prefix' => sub {
    my $server = start(http => 'aep_queue events;');
    ok(AepServer::wait_until(sub { -f $server->directory . '/events/1.db' }), 'the queue is there');
    ok(!-e $server->directory . '/aep-queue', 'and nowhere else');
    ends_clean($server, 'with a relative path');
};

subtest 'nginx -t looks, and makes nothing' => sub {
    my $server = start();
    $server->configure(http => 'aep_queue other;');
    my ($good) = check_configuration($server);
    ok($good, 'a directory that is not there yet is fine');
    ok(!-e $server->directory . '/other', 'it is still not there');

    $server->configure(http => '');
    ($good) = check_configuration($server);
    ok($good, 'so is the one that nginx uses');
    $edge->mode({ status => 503 });
    is(outcome(interact($server)), 'queued', 'which goes on using it');

    $server->configure(http => 'aep_queue none/queue;');
    my ($taken, $said) = check_configuration($server);
    ok(!$taken, 'one that cannot be made is refused');
    like($said, qr{aep_queue: \S*/none/queue cannot be created in \S*/none: No such file or directory},
        'with the reason');

    write_file($server->directory . '/file', '');
    $server->configure(http => 'aep_queue file;');
    ($taken, $said) = check_configuration($server);
    ok(!$taken, 'so is a file');
    like($said, qr{aep_queue: \S*/file is not a directory: name a directory}, 'with what to do');
    $server->quit;
    is($server->{status}, 0, 'nginx was not disturbed');
};

subtest 'a directory that the workers cannot write to' => sub {
    plan skip_all => 'only root can give it to another' if $> != 0;
    my $server = start();
    ends_clean($server, 'before');
    my $directory = $server->directory . '/mine';
    mkdir $directory;
    chown 1, 1, $directory;
    $server->start_again(http => 'aep_queue mine;');
    like(alert_of($server, 'belongs to'),
        qr{aep_queue: \Q$directory\E belongs to user 1, but nginx's workers are user \d+: give it},
        'nginx starts, and says why it has no queue');
    $server->quit;
    chown 0, 0, $directory;
    my ($taken) = check_configuration($server);
    ok(!$taken, 'nginx -t refuses root\'s');

    my $owner = (stat $server->directory . '/aep-queue')[4];
    chown $owner, -1, $directory;
    chmod oct 777, $directory;
    $server->start_again;
    like(alert_of($server, 'everybody'), qr{everybody may write to \Q$directory\E}, 'neither may everybody write to it');
    $server->quit;
    ($taken) = check_configuration($server);
    ok($taken, 'which the workers could have done, so that nginx -t goes on');
    chmod oct 700, $directory;
    $server->start_again;
    ok(AepServer::wait_until(sub { -f "$directory/1.db" }), 'one of their own is taken');
    $server->quit;
    my @faults = grep { /$AepServer::fault/ && !/aep_queue: .*mine/ } split /\n/, $server->log;
    is_deeply(\@faults, [], 'no other fault');
};

subtest 'a directory in which nothing can be made' => sub {
    plan skip_all => 'workers that are root can write everywhere' if $> != 0;
    my $server = start();
    ends_clean($server, 'before');
    my $directory = $server->queue->directory;
    unlink grep { !/instance$/ } glob "$directory/*";
    chmod oct 500, $directory;
    $server->start_again;
    ok($server->wait_for_log(qr{the queue cannot be used: \Q$directory\E/1\.lock cannot be opened: Permission denied}),
        'the log says so');
    is($server->client->get('/page.html')->{status}, 200, 'the shop is served');
    is(outcome(interact($server)), 'delivered', 'events go to Edge');
    $edge->mode({ status => 503 });
    my $answer = interact($server);
    is($answer->{status}, 503, 'those that it does not take are refused');
    is($answer->{headers}{'retry-after'}[0], 1, 'to come again in a second');
    is($server->client->post('/ee/v1/collect', $event)->{status}, 503, 'beacons, too');
    chmod oct 700, $directory;
    ok(AepServer::wait_until(sub { outcome(interact($server)) eq 'queued' }), 'they are kept as soon as that is over');
    ok($server->wait_for_log(qr/the queue can use \Q$directory\E again/), 'the log says that, too');
    $server->quit;
    is($server->{status}, 0, 'nginx ends');
};

subtest 'a queue of another nginx' => sub {
    my $other     = start();
    my $directory = $other->directory . '/aep-queue';
    chmod 0755, $other->directory;
    my $server = start();
    ends_clean($server, 'before');
    $edge->mode({ status => 503 });
    is(outcome(interact($other)), 'queued', 'it has an event');

    $server->start_again(http => "aep_queue $directory;");
    my $said     = alert_of($server, 'another nginx');
    my $pid_path = $other->directory . '/nginx.pid';
    like($said, qr{\Q$directory\E is the queue of another nginx, whose pid file is "\Q$pid_path\E"},
        'is not taken at the start');
    like($said, qr{Give each nginx a directory of its own.*remove \Q$directory\E/instance}, 'with what to do');
    is($server->client->get('/page.html')->{status}, 200, 'the shop is served');
    is(interact($server)->{status}, 503, 'events are refused while Edge is away');
    $server->quit;
    my ($taken, $warned) = check_configuration($server);
    ok($taken, 'nginx -t goes on');
    like($warned, qr{another nginx, whose pid file is}, 'and says so');
    is(read_file("$directory/instance"), "$pid_path\n", 'its mark stays');
    is($other->queue->count, 1, 'and its event');

    write_file($server->directory . '/error.log', '');
    $server->start_again(http => '');
    $edge->mode({ status => 503 });
    is(outcome(interact($server)), 'queued', 'with a directory of its own nginx starts');
    $server->configure(http => "aep_queue $directory;");
    ok($server->reload, 'told to use the other one it reloads');
    my $alert = $server->wait_for_log(qr/\[alert\].*is the queue of another nginx/) // '';
    like($alert, qr/until the next reload there is no queue, and what Edge does not take is refused with 503/,
        'with an alert that says what follows');
    is($server->client->get('/page.html')->{status}, 200, 'the shop is served');
    ok(AepServer::wait_until(sub { interact($server)->{status} == 503 }), 'events that Edge does not take are refused');
    $edge->clear;
    $edge->mode({ status => 200 });
    ok(AepServer::wait_until(sub { outcome(interact($server)) eq 'delivered' }, 40),
        'those that it takes are delivered');

    $server->configure(http => '');
    ok($server->reload, 'with its own directory again');
    $edge->mode({ status => 503 });
    ok(AepServer::wait_until(sub { outcome(interact($server)) eq 'queued' }), 'it keeps events again');
    $server->quit;
    my @faults = grep { /$AepServer::fault/ && !/is the queue of another nginx/ } split /\n/, $server->log;
    is_deeply(\@faults, [], 'no other fault');

    $edge->clear;
    ends_clean($other, 'beside another nginx');
    unlink "$directory/instance";
    $server->start_again(http => "aep_queue $directory;");
    ok(AepServer::wait_until(sub { !$other->queue->entries }, 30), 'without its mark the queue is taken over');
    $server->quit;
};

subtest 'what the workers\' user can do does not keep nginx from starting' => sub {
    my $server = start();
    ends_clean($server, 'before');
    my $marker  = $server->directory . '/aep-queue/instance';
    my %spoiled = (
        'a mark with something for a terminal' => [
            sub { write_file($marker, "\e]0;root\a" . 'x' x 3000 . "\n") },
            qr{whose pid file is "\\x1B\]0;root\\x07x{200,260}…"},
        ],
        'a directory in place of the mark' => [
            sub { unlink $marker; mkdir $marker and write_file("$marker/file", '') },
            qr{instance is no file: remove it},
        ],
    );
    for my $name (sort keys %spoiled) {
        my ($spoil, $alert) = @{ $spoiled{$name} };
        unlink "$marker/file";
        rmdir $marker;
        $spoil->();
        my ($taken, $said) = check_configuration($server);
        ok($taken, "$name: nginx -t goes on");
        like($said, $alert, 'and says what there is');
        write_file($server->directory . '/error.log', '');
        $server->start_again;
        like(alert_of($server, 'instance'), $alert, 'nginx starts, with an alert');
        is($server->client->get('/page.html')->{status}, 200, 'the shop is served');
        $server->quit;
        is($server->{status}, 0, 'and ends');
    }
};

subtest 'a reload with a directory that cannot be used' => sub {
    my $server = start();
    $server->configure(http => 'aep_queue none/queue;');
    ok($server->reload, 'is a reload');
    ok($server->wait_for_log(qr{\[alert\].*aep_queue: \S*/none/queue cannot be created.*there is no queue}),
        'with an alert');
    is($server->client->get('/page.html')->{status}, 200, 'the shop is served');
    is(outcome(interact($server)), 'delivered', 'events go to Edge');
    $server->quit;
    my @faults = grep { /$AepServer::fault/ && !/none.queue cannot be created/ } split /\n/, $server->log;
    is_deeply(\@faults, [], 'no other fault');
};

subtest 'off, and on again' => sub {
    my $server = start();
    $edge->mode({ status => 503 });
    is(outcome(interact($server)), 'queued', 'an event is kept');
    $server->configure(http => 'aep_queue off;');
    ok($server->reload, 'the queue is switched off');
    ok(AepServer::wait_until(sub { 1 == (() = $server->workers) }), 'the old worker ends');
    is(interact($server)->{status}, 503, 'events are refused while Edge is away');
    is($server->queue->count, 1, 'what was acknowledged stays');
    $edge->recover;
    $server->configure(http => '');
    ok($server->reload, 'it is switched on');
    ok($server->queue->becomes_empty, 'and the event is delivered');
    is(scalar(grep { $_->{outcome} eq 'accepted' } @{ $edge->events }), 1, 'once');
    ends_clean($server, 'with and without a queue');
};

subtest 'the directory goes away while nginx runs' => sub {
    my $server = start();
    my $directory = $server->directory . '/aep-queue';
    $edge->mode({ status => 503 });
    is(outcome(interact($server)), 'queued', 'an event is kept');
    rename $directory, "$directory-old" or die "rename: $!";
    ok(AepServer::wait_until(sub { interact($server)->{status} == 503 }), 'then events are refused');
    ok($server->wait_for_log(qr/somebody has removed or renamed/), 'the log says why');
    is($server->client->get('/page.html')->{status}, 200, 'the shop is served');
    rename "$directory-old", $directory or die "rename: $!";
    ok(AepServer::wait_until(sub { outcome(interact($server)) eq 'queued' }), 'when it is back events are kept again');
    $edge->clear;
    ok($server->queue->becomes_empty(40), 'and all are delivered');
    $server->quit;
};

subtest 'after a reload with another directory the one before does not count' => sub {
    my $server = start(workers => 4, http => 'aep_queue first max_size=1m;');
    my $large  = '{"events":[{"xdm":{"eventType":"' . 'x' x 60_000 . '"}}]}';
    my $beacon = sub { $server->client->post('/ee/v1/collect', $large)->{status} };
    $edge->mode({ status => 503 });
    ok(AepServer::wait_until(sub { $beacon->() == 503 }, 20), 'the queue gets full');
    $server->configure(workers => 1, http => 'aep_queue second max_size=1m;');
    ok($server->reload, 'nginx reloads');
    ok(AepServer::wait_until(sub { -f $server->directory . '/second/1.db' }), 'the new directory is used');
    ok($server->wait_for_log(qr/held [1-9]\d* requests and \d+ dead letters in files that are not in \S+\/second: /),
        'the log says that the one before is not delivered');
    my $taken = 0;
    ok(AepServer::wait_until(sub { $taken += $beacon->() == 204; $taken == 15 }), 'it takes as much again');
    $server->quit;
    my @faults = grep { /$AepServer::fault/ && !/the queue is full/ } split /\n/, $server->log;
    is_deeply(\@faults, [], 'no other fault');
};

done_testing;
