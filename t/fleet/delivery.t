# Three nodes of nginx keep their events in one broker: what one has taken, any other delivers.

use strict;
use warnings;

use AepEdge;
use AepRabbit;
use AepServer;
use JSON::PP qw(decode_json encode_json);
use Test::More;

plan skip_all => AepRabbit::missing() if AepRabbit::missing();

my $rabbit = AepRabbit->start(1);
my $edge   = AepEdge->start;
my $port   = $edge->port;

sub nginx {
    my (@parameters) = @_;
    return AepServer->start(
        server => 'location = /status { aep_status; }',
        edge => "http://127.0.0.1:$port answer_timeout=300ms connect_timeout=500ms timeout=2s",
        main => AepRabbit::load(), http => $rabbit->queue(@parameters), workers => 2);
}
my %body = map { $_ => qq({"events":[{"xdm":{"eventType":"$_"}}]}) } map { "e$_" } 1 .. 99;
sub collect { my ($server, $name) = @_; return $server->client->post('/ee/v1/collect', $body{$name})->{status} }
sub arrived { my %seen = map { $_->{eventType} => 1 } @{ $edge->events }; return join ' ', sort keys %seen }
sub arrives {
    my ($names, $what, $seconds) = @_;
    AepServer::wait_until(sub { arrived() eq $names }, $seconds // 15);
    return is(arrived(), $names, $what);
}

my $one = nginx("spool=AEP_DIRECTORY/spool");
my $two = nginx('spool=off');
ok($_->wait_for_log(qr/the broker \S+ .* is reached/), 'the log tells of the broker') for $one, $two;

# What Edge takes at once goes to no broker.
$edge->mode({ status => 503, times => 1 });
is(collect($one, 'e1'), 204, 'an event is taken');
arrives('e1', 'and delivered');
$edge->mode({ status => 503, times => 1 });
is(collect($two, 'e2'), 204, 'without a spool, too');
arrives('e1 e2', 'and delivered');

sub broker { my ($server) = @_; return decode_json($server->client->get('/status?format=json')->{body})->{broker} }
ok(AepServer::wait_until(sub { broker($one)->{workers_connected} == 2 && @{ broker($one)->{queues} } == 4 }),
    'the status says how many workers use the broker, and what it holds')
    or diag(encode_json(broker($one)));
sub lanes { my ($server) = @_; return grep { $_->{queue} =~ /http/ } @{ broker($server)->{queues} } }
ok(AepServer::wait_until(sub { 2 == grep { $_->{consumers} == 4 } lanes($two) }, 15), 'and that the workers of both nodes consume each lane')
    or diag(encode_json(broker($two)));

$edge->stop;
is(collect($one, 'e3'), 204, 'Edge is away: an event is taken');
is(collect($two, 'e4'), 204, 'on the other node, too');
$one->kill_now;
$edge = AepEdge->start(http => $port);
ok(AepServer::wait_until(sub { broker($two)->{confirms} >= 1 }), 'its confirmations are counted')
    or diag(encode_json(broker($two)));
arrives('e3 e4', 'Edge is back, and a node is gone for good: the other delivers what that had taken', 90);

$one->run;
my $metrics = $two->client->get('/status?format=prometheus')->{body};
like($metrics, qr/^aep_broker_$_(?:\{.*\})? \d/m, "Prometheus gets $_")
    for qw(workers_connected confirm_duration_seconds_sum confirm_duration_seconds_count refused_total unconfirmed_total
    reconnects_total queue_entries queue_consumers);
$rabbit->node(kill => 1);
ok(AepServer::wait_until(sub { broker($two)->{workers_connected} == 0 }, 15), 'the status says that the broker is away');
is(collect($two, 'e5'), 204, 'the broker is away: what Edge takes needs none');
arrives('e3 e4 e5', 'and is delivered');
$edge->stop;
ok(AepServer::wait_until(sub { collect($two, 'e6') == 503 }, 10), 'both are away: refused without a spool');
is(collect($one, 'e7'), 204, 'kept with a spool');
$rabbit->node(restart => 1);
ok($one->wait_for_log(qr/the broker takes events again; \d+ that were kept/, 150), 'the spool is forwarded')
    or diag($one->log, $rabbit->ctl(1, qw(-q list_queues name messages consumers)));
is($one->kill_now ? 1 : 0, 1, 'the node that had it is gone');
$edge = AepEdge->start(http => $port);
arrives('e7', 'and the other delivers it', 90);

ok($two->reload, 'reload');
$edge->mode({ status => 503, times => 1 });
is(collect($two, 'e8'), 204, 'taken after it');
arrives('e7 e8', 'and delivered');
$rabbit->node(freeze => 1);
my $took = $two->quit;
cmp_ok($took, '<', 3, sprintf 'nginx ends soon with a frozen broker (%.1f s)', $took);
$rabbit->node(thaw => 1);
unlike($two->log, qr/exited on signal|exited with (?:fatal )?code [1-9]|Sanitizer|\[emerg\]/, 'no fault after all that');
done_testing;
