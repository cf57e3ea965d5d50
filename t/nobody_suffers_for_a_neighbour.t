# What Edge does with the requests of one visitor or one website is no matter of others: their beacons are delivered
# soon, and their pages are answered by Edge.

use strict;
use warnings;

use AepEdge;
use AepServer;
use Test::More;
use Time::HiRes qw(sleep time);

my $south  = '22222222-2222-4222-8222-222222222222';
my $any    = '33333333-3333-4333-8333-333333333333';
my $beacon = '{"events":[{"xdm":{"eventType":"%s"}}]}';
my $edge   = AepEdge->start;

my $others = AepServer::website('south.example', "aep_datastream_id  $south;")
    . AepServer::website('any.example', 'aep_web_sdk_name  alloy;');

sub start {
    $edge->clear;
    return AepServer->start(edge => $edge->url, workers => 1, http => $others);
}

sub from { my $host = shift; return (Host => $host, Origin => "https://$host") }

my $number = 0;

sub send_beacon {
    my ($server, $type, $host, $query) = @_;
    my $id = 'b' . ++$number;
    my $answer = $server->client->post("/ee/v1/collect?requestId=$id" . ($query // ''), sprintf($beacon, $type),
        from($host // 'shop.example'));
    return $answer->{status};
}

# The types of the events that Edge has taken.
sub taken { return map { $_->{eventType} } grep { $_->{outcome} eq 'accepted' } @{ $edge->events } }

# So many honest beacons, one each 50 ms; each is with Edge five seconds later.
sub honest_beacons_are_delivered {
    my ($server, $name, $count) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @acknowledged = grep {
        sleep 0.05;
        send_beacon($server, "honest.$_") == 204;
    } 1 .. $count;
    is(scalar @acknowledged, $count, "$name: all honest beacons are acknowledged");
    my $all = AepServer::wait_until(sub { $count == grep { /^honest/ } taken() }, 5);
    ok($all, 'and are with Edge within five seconds') or diag(scalar(grep { /^honest/ } taken()) . " of $count");
    return;
}

my %poison = (
    'the connection breaks' => { reset => JSON::PP::true() },
    'a 502'                 => { status => 502 },
    'a 503'                 => { status => 503 },
);
for my $name (sort keys %poison) {
    subtest "beacons with which $name" => sub {
        my $server = start();
        $edge->mode({ containing => 'poison', %{ $poison{$name} } });
        send_beacon($server, "poison.$_") for 1 .. 10;
        honest_beacons_are_delivered($server, $name, 100);
        is(scalar(grep { /^poison/ } taken()), 0, 'the others are not');
        is($server->queue->count, 10, 'and wait');
        $edge->recover;
        ok($server->queue->becomes_empty(90), 'until Edge takes them');
        $server->quit;
        $server->is_clean($name);
    };
}

subtest 'consents with which the connection breaks' => sub {
    my $server = start();
    my $consent = '{"consent":[{"standard":"Adobe","version":"1.0","value":{"general":"in"}}],"meta":{"state":{}}}';
    $edge->mode({ action => 'set-consent', reset => JSON::PP::true() });
    $server->client->post("/ee/v1/privacy/set-consent?requestId=c$_", $consent) for 1 .. 5;
    honest_beacons_are_delivered($server, 'consents that fail', 60);
    $server->quit;
    $server->is_clean('with consents that fail');
};

subtest 'a datastream that somebody has made up gets 429' => sub {
    my $server = start();
    $edge->mode({ datastream => $any, status => 429 });
    send_beacon($server, 'poison', 'any.example', "&configId=$any") for 1 .. 15;
    honest_beacons_are_delivered($server, '429 for another datastream', 60);
    my $asked = scalar(grep { $_->{datastream} eq $any } @{ $edge->requests });
    cmp_ok($asked, '<', 15, 'and Edge is spared the others') or diag($asked);
    $server->quit;
    $server->is_clean('with a datastream that gets 429');
};

subtest 'a website whose datastream answers 502' => sub {
    my $server = start();
    $edge->mode({ datastream => $south, status => 502 });
    my ($north, $answered) = (0, 0);
    my $until = time + 6;
    while (time < $until) {
        $server->client->post('/ee/v1/interact?requestId=s' . ++$number, sprintf($beacon, 'south'),
            from('south.example')) for 1 .. 4;
        my $answer = $server->client->post('/ee/v1/interact?requestId=n' . ++$number, sprintf($beacon, "north.$number"));
        $north += 1;
        $answered += $answer->{headers}{'x-edge'} || $answer->{body} =~ /state:store/ ? 1 : 0;
    }
    is(scalar(grep { /^north/ } taken()), $north, "all $north events of the other website are with Edge at once");
    is($server->queue->count, scalar(grep { $_->{website} eq $south } $server->queue->entries),
        'what waits is the website\'s own');
    my $tried = scalar(grep { $_->{datastream} eq $south } @{ $edge->requests });
    cmp_ok($tried, '<', 60, 'Edge is spared the most of them') or diag($tried);

    $edge->add_mode({ status => 503 });
    for (1 .. 3) {
        $server->client->post('/ee/v1/interact?requestId=s' . ++$number, sprintf($beacon, 'south'),
            from('south.example'));
        $server->client->post('/ee/v1/interact?requestId=n' . ++$number, sprintf($beacon, 'north'));
        sleep 0.4;    # the datastream rests
    }
    like($server->log, qr/Edge does not take a request \(interact\) for datastream "ebebf826.*503/,
        'what many failures of one website say in the log hides no other one\'s');
    $server->quit;
    $server->is_clean('with a datastream that answers 502');
};

subtest 'websites take turns' => sub {
    my $server = start();
    $edge->mode({ status => 503 });
    send_beacon($server, 'south', 'south.example') for 1 .. 300;
    send_beacon($server, "honest.$_") for 1 .. 20;
    my %tried = map { $_->{eventType} => 1 } @{ $edge->events };    # they have a due time of their own
    $edge->clear;
    $edge->mode({ delay => 50 });
    ok($server->queue->becomes_empty(60), 'two backlogs are with Edge in the end');
    my @order = taken();
    my ($last) = grep { $order[$_] =~ /^honest/ && !$tried{ $order[$_] } } reverse 0 .. $#order;
    is(scalar @order, 320, 'all of them');
    cmp_ok($last, '<', 200, 'the short one long before the end of the other website\'s long one');
    $server->quit;
    $server->is_clean('with two backlogs');
};

done_testing;
