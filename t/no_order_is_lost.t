# A back office event that was acknowledged reaches Edge, and each order's events in their order, whatever happens: to
# Edge, to Adobe's token service, to nginx and its processes.
#
# AEP_LOSS_ORDERS is how many orders there are (4000), each with three events; AEP_LOSS_RATE how many come in a second
# (200).

use strict;
use warnings;

use AepConfiguration;
use AepEdge;
use AepServer;
use JSON::PP qw(decode_json encode_json);
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => 'it is about real time' if $ENV{AEP_VALGRIND};

my $orders     = $ENV{AEP_LOSS_ORDERS} || 4000;
my $rate       = $ENV{AEP_LOSS_RATE}   || 200;
my $posters    = 3;
my $at_a_time  = 10;
my $datastream = 'ebebf826-a01f-4458-8cec-ef61de241c93';
my $directory  = AepConfiguration::directory();
my $journal    = "$directory/edge.journal";
my $edge_port  = AepServer::free_port();
my $token      = 'token-of-the-shops-own-backend';

sub write_secret {
    my ($name, $content) = @_;
    AepConfiguration::write_file($name, $content);
    chmod 0600, "$directory/$name";
    return "$directory/$name";
}

my $tokens     = write_secret('tokens', "$token\n");
my $credential = write_secret('credential.json', encode_json({
    CLIENT_ID => 'cf0b4e1f2d3c4b5a', CLIENT_SECRETS => ['p8e-0123456789'], SCOPES => [qw(openid)],
    ORG_ID => $AepConfiguration::organization_id, IMS_ENDPOINT => "http://127.0.0.1:$edge_port",
}));

my $edge;
sub edge_comes {
    $edge = AepEdge->start(http => $edge_port, journal => $journal, keep => 50, datastreams => "$datastream=authenticated",
        client => 'cf0b4e1f2d3c4b5a', 'client-secrets' => 'p8e-0123456789', 'token-lifetime' => 20);
    return;
}
edge_comes();

my $server = AepServer->start(
    edge    => "http://server.localhost:$edge_port answer_timeout=300ms connect_timeout=500ms timeout=2s",
    workers => 2,
    http    => "aep_edge_credentials $credential;",
    server  => "aep_back_office_events on; location = /orders { aep_back_office; aep_back_office_token $tokens; }",
);

# ---- what the shop does ----

# The events of an order, in their order.
sub documents_of {
    my $number = shift;
    my %order  = (
        entity_id => $number, increment_id => sprintf('%09d', $number), store_id => 1,
        customer_email => "shopper$number\@shop.example", created_at => '2026-03-04 10:15:30',
        updated_at => '2026-03-05 10:15:30', grand_total => 20.5, order_currency_code => 'EUR', state => 'processing',
        payment => { method => 'checkmo' },
        items   => [{ item_id => $number, sku => 'SKU-1', name => 'Cup', qty_ordered => 1, row_total => 20.5 }],
    );
    my @lines = ({ entity_id => 1, order_item_id => $number, sku => 'SKU-1', qty => 1, row_total => 20.5 });
    my %part  = (entity_id => $number, created_at => '2026-03-05 10:15:30', order_id => $number, items => \@lines);
    return (
        { event => 'orderPlaced', order => \%order },
        { event => 'orderInvoiced', order => \%order, invoice => { %part, grand_total => 20.5, state => 2 } },
        { event => 'orderItemsShipped', order => \%order, shipment => \%part },
    );
}

# Posts documents until all of them are acknowledged; returns the names of their events.
sub post_until_taken {
    my $documents = shift;
    my $body = encode_json($documents);
    for (1 .. 3000) {
        my $answer = eval {
            local $SIG{PIPE} = 'IGNORE';
            $server->client->post('/orders', $body, 'Content-Type' => 'application/json', Origin => undef,
                'Sec-Fetch-Site' => undef, Authorization => "Bearer $token");
        };
        if (($answer->{status} // 0) == 202) {
            my @results = @{ decode_json($answer->{body})->{results} };
            return map { $_->{id} } @results if @results == @$documents;
            die "not all documents have a result: $answer->{body}";
        }
        sleep 0.05;
    }
    die 'the documents are never taken';
}

# One process that posts its orders: all that are placed in one request, then their next events in another one.
sub post_orders {
    my ($file, @numbers) = @_;
    open my $out, '>', $file or POSIX::_exit(2);
    my $next = time;
    while (my @group = splice @numbers, 0, $at_a_time) {
        my $pause = $next - time;
        sleep $pause if $pause > 0;
        $next += $at_a_time * $posters / $rate;
        my @documents = map { [documents_of($_)] } @group;
        my @ids = map { my $step = $_; [post_until_taken([map { $_->[$step] } @documents])] } 0 .. 2;
        for my $place (0 .. $#group) {
            print $out join(' ', $group[$place], map { $_->[$place] } @ids), "\n";
        }
    }
    close $out or POSIX::_exit(3);
    return;
}

my %poster;
for my $part (0 .. $posters - 1) {
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        my $good = eval { post_orders("$directory/taken.$part", grep { $_ % $posters == $part } 1 .. $orders); 1 };
        print STDERR $@ unless $good;
        POSIX::_exit($good ? 0 : 1);
    }
    $poster{$pid} = 1;
}

# ---- what befalls it ----

my $kills = 0;
my @faults = (
    sub { $edge->mode({ action => 'collect', status => 503 }); sleep 1; $edge->recover },
    sub { $edge->mode({ action => 'token', status => 503 }); sleep 1; $edge->recover },
    sub { my @workers = $server->workers; kill KILL => $workers[0] if @workers; ++$kills },
    sub { $edge->mode({ action => 'collect', hang => JSON::PP::true(), times => 3 }); sleep 0.5; $edge->recover },
    sub { $edge->stop; sleep 1; edge_comes() },
    sub { kill KILL => $server->workers; $kills += 2 },
    sub { $server->reload },
    sub { $edge->mode({ action => 'collect', status => 401, times => 1 }) },
    sub { $server->kill_now; ++$kills; $server->run },
    sub { $edge->mode({ action => 'collect', status => 429, retryAfter => 1, times => 2 }); sleep 0.5; $edge->recover },
    sub { $edge->mode({ action => 'collect', reset => JSON::PP::true(), times => 3 }); sleep 0.5; $edge->recover },
);
my $failed = 0;
my $round  = 0;
while (%poster) {
    sleep 0.3;
    $faults[$round++ % @faults]->();
    for my $pid (keys %poster) {
        next if waitpid($pid, POSIX::WNOHANG()) == 0;
        $failed ||= $?;
        delete $poster{$pid};
    }
}
$edge->recover;
is($failed, 0, "all $orders orders were taken, with $round faults and $kills kills");

# ---- what is there in the end ----

my %order_of;    # the place of an event among those of its order, and the order's number
for my $part (0 .. $posters - 1) {
    open my $in, '<', "$directory/taken.$part" or die "taken.$part: $!";
    while (<$in>) {
        my ($number, @ids) = split;
        $order_of{ $ids[$_] } = [$number, $_] for 0 .. $#ids;
    }
}
is(scalar keys %order_of, 3 * $orders, 'each has three events with names of their own');

sub waiting { return scalar(() = $server->queue->orders) }
ok(AepServer::wait_until(sub { !waiting() }, 180), 'the queue is empty in the end') or diag waiting() . ' wait';

my (%count, %last, @out_of_order);
open my $in, '<', $journal or die "$journal: $!";
while (my $line = <$in>) {
    my $request = decode_json($line);
    next if $request->{action} ne 'collect' || $request->{fate} eq 'refused';
    for my $event (@{ $request->{events} }) {
        my ($id) = @$event;
        my ($number, $place) = @{ $order_of{$id} // [] } or next;
        next if $count{$id}++;
        push @out_of_order, $number if ($last{$number} // -1) != $place - 1;
        $last{$number} = $place;
    }
}
my @missing  = grep { !$count{$_} } keys %order_of;
my $repeated = grep { $_ > 1 } values %count;
is(scalar @missing, 0, 'none of the acknowledged events is missing');
is_deeply(\@out_of_order, [], 'the events of each order come in their order');
note sprintf '%d of %d events came more than once, with the same _id', $repeated, scalar keys %order_of;
is(scalar(() = $server->queue->dead_orders), 0, 'none is a dead letter');

$server->quit;
my @alerts = grep { /\[alert\]|Sanitizer|runtime error/ && !/exited on signal 9|open socket|aborting/ } split /\n/, $server->log;
is_deeply(\@alerts, [], 'no fault but the kills');

done_testing;
