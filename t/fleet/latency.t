# Pages, and requests that Edge answers, take no longer when the broker is frozen, although beacons wait for it meanwhile;
# and nginx reloads and ends as soon.

use strict;
use warnings;

use AepEdge;
use AepPatience qw(patience);
use AepRabbit;
use AepServer;
use IO::Select ();
use List::Util qw(max);
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => AepRabbit::missing() if AepRabbit::missing();

my $rounds = 100;
my $pause  = 0.05;    # longer in all than a broker may be silent before a worker gives it up

my $rabbit = AepRabbit->start(1);
my $edge   = AepEdge->start;
my $server = AepServer->start(
    edge    => $edge->url . ' answer_timeout=1s',
    main    => AepRabbit::load(),
    http    => $rabbit->queue('spool=AEP_DIRECTORY/spool') . AepServer::website('south.example', <<'LINES'),
aep_datastream_id  22222222-2222-4222-8222-222222222222;
        aep_edge  http://127.0.0.1:1;
LINES
    workers => 2
);
ok($server->wait_for_log(qr/the broker \S+ .* is reached/), 'the broker is there');

my $event = '{"events":[{"xdm":{"eventType":"web.webpagedetails.pageViews"}}]}';
# Of a website whose Edge is away: its beacons go to the broker.
my @south = (Host => 'south.example', Origin => 'https://south.example');
my $sent  = 0;        # requests that wait for Edge's answer

my %status = (page => 200, interact => 200, beacon => 204);

# Answers by their kind.
sub ask {
    my $client = $server->client;
    $sent++;
    return (page => $client->get('/page.html'), interact => $client->post('/ee/v1/interact', $event));
}

# Asks for a while, and sends a beacon now and then without waiting for its answer. The seconds that the answers took, by
# kind.
sub measure {
    my (%seconds, @beacons);
    my $note = sub {
        my ($kind, $answer) = @_;
        push @{ $seconds{$kind} }, $answer->{seconds};
        is($answer->{status}, $status{$kind}, "status of an answer of the kind $kind") if $answer->{status} != $status{$kind};
    };
    for my $round (1 .. $rounds) {
        push @beacons, $server->client->begin('POST', '/ee/v1/collect', $event, @south) if $round % 10 == 1;
        my %answers = ask();
        $note->($_ => $answers{$_}) for keys %answers;
        my @answered = grep { IO::Select->new($_->socket)->can_read(0) } @beacons;
        $note->(beacon => $_->answer) for @answered;
        my %is_answered = map { $_ => 1 } @answered;
        @beacons = grep { !$is_answered{$_} } @beacons;
        sleep $pause;
    }
    $note->(beacon => $_->answer) for @beacons;
    return \%seconds;
}

sub median { my @sorted = sort { $a <=> $b } @_; return $sorted[ @sorted / 2 ] }
sub shown { return sprintf 'median %.1f ms, at most %.1f ms', 1000 * median(@_), 1000 * max(@_) }

my $before = measure();
$rabbit->node(freeze => 1);
my $frozen = measure();
diag("$_: ", shown(@{ $before->{$_} }), '; with a frozen broker: ', shown(@{ $frozen->{$_} })) for sort keys %$before;
for my $kind (qw(page interact)) {
    cmp_ok(median(@{ $frozen->{$kind} }), '<', 3 * median(@{ $before->{$kind} }) + patience(0.01),
        "a frozen broker: half of the answers of the kind $kind come as fast as before");
    cmp_ok(max(@{ $frozen->{$kind} }), '<', patience(0.8), 'none of them waits for the broker, which would be a second');
}
cmp_ok(max(@{ $frozen->{beacon} }), '<', patience(3), 'a beacon waits for the broker a second, then it is in the spool');
ok($server->wait_for_log(qr/the broker does not take events, so they are kept in/), 'the log says so');
is(scalar @{ $edge->requests(action => 'interact', at_least => $sent) }, $sent, 'Edge has answered all that it was asked');

my %former = map { $_ => 1 } $server->workers;
my $begun  = time;
ok($server->reload, 'nginx reloads');
my %answers = ask();
ok(AepServer::wait_until(sub { !grep { $former{$_} } $server->workers }, 10), 'the former workers have ended');
my $took = time - $begun;
cmp_ok($took, '<', patience(3), sprintf 'soon (%.1f s)', $took);
for my $kind (sort keys %answers) {
    cmp_ok($answers{$kind}{seconds}, '<', patience(0.8), "the new ones have answered at once: $kind");
}
$took = $server->quit;
cmp_ok($took, '<', patience(3), sprintf 'nginx ends soon (%.1f s)', $took);
$rabbit->node(thaw => 1);
unlike($server->log, qr/exited on signal|exited with (?:fatal )?code [1-9]|Sanitizer|\[emerg\]/, 'no fault in the log');
done_testing;
