# A reload each second and killed workers, under load: the counters stay consistent with each other, with what the clients
# were told, and with what Edge has received.

use strict;
use warnings;

use AepEdge;
use AepPatience qw(patience);
use AepServer;
use JSON::PP 'decode_json';
use POSIX ();
use Test::More;
use Time::HiRes qw(sleep time);

my $seconds = $ENV{AEP_FAULT_SECONDS} // 12;
my $clients = 3;

my $edge   = AepEdge->start(keep => 100_000);
my $server = AepServer->start(edge => $edge->url, workers => 2, server => 'location = /aep-status { aep_status; }');

sub status { return decode_json($server->client->get('/aep-status?format=json')->{body}) }

# Posts until its time is over; prints how many answers of which status it got.
sub post_events {
    my ($name, $out) = @_;
    my (%answers, $number);
    my $end = time + $seconds;
    while (time < $end) {
        my $action = ++$number % 4 ? 'interact' : 'collect';
        my $answer = eval {
            $server->client->post("/ee/v1/$action?requestId=$name-$number",
                '{"events":[{"xdm":{"eventType":"commerce.productViews"}},{"xdm":{"eventType":"commerce.checkouts"}}]}');
        };
        ++$answers{ $answer && $answer->{status} ? $answer->{status} : 'none' };
        sleep 0.004;
    }
    print {$out} join(' ', %answers), "\n";
    return;
}

my @pipes;
for my $client (1 .. $clients) {
    pipe my $in, my $out or die "pipe: $!";
    my $pid = fork // die "fork: $!";
    if ($pid == 0) {
        post_events("c$client", $out);
        close $out;
        POSIX::_exit(0);
    }
    close $out;
    push @pipes, [$pid, $in];
}

my ($end, $turn, $kills) = (time + $seconds - 1, 0, 0);
while (time < $end) {
    $server->signal('HUP');
    sleep 0.5;
    if (++$turn % 3 == 0) {
        my @workers = $server->workers;
        $kills += kill 'KILL', $workers[0] if @workers;
    }
    sleep 0.5;
}

my %answers;
for my $pipe (@pipes) {
    my ($pid, $in) = @$pipe;
    my %of_client = split ' ', <$in> // '';
    $answers{$_} += $of_client{$_} for keys %of_client;
    waitpid $pid, 0;
}
diag "answers: " . join(', ', map { "$_: $answers{$_}" } sort keys %answers) . "; workers killed: $kills, reloads: $turn";

ok(AepServer::wait_until(
        sub { my $s = eval { status() } or return; !$s->{queue}{entries} && !$s->{events}{under_way} && @{ $s->{workers} } == 2 },
        patience(60)
    ),
    'all comes to rest');

my $status = status();
my %outcome;
for my $website (@{ $status->{websites} }) {
    $outcome{ $_->{outcome} } += $_->{count} for @{ $website->{events} };
}
my $sum = 0;
$sum += $_ for values %outcome;
is($status->{events}{taken}, $sum + $status->{events}{interrupted}, 'what was taken is the sum of all outcomes');
cmp_ok($status->{events}{interrupted}, '<=', $kills * 400, 'what killed workers had under way is little');

my $told = 2 * (($answers{200} // 0) + ($answers{204} // 0));
my $good = ($outcome{delivered} // 0) + ($outcome{queued} // 0) + ($outcome{duplicate} // 0) + ($outcome{local} // 0);
cmp_ok($good, '>=', $told, 'whatever a client was told is counted');
cmp_ok($good - $told, '<=', 2 * (($answers{none} // 0) + $clients), 'and little more: answers that did not reach their client');

my $got     = @{ $edge->events };
my $counted = ($outcome{delivered} // 0) + $status->{queue}{delivered};
diag "with Edge: $got, counted as delivered: $counted, interrupted: $status->{events}{interrupted}";
cmp_ok($got, '>=', $counted, 'Edge has all that is counted as delivered');
cmp_ok($got - $counted, '<=', $kills * 400 + $status->{events}{interrupted}, 'and what killed workers could not count any more');

$server->quit;
unlike($server->log, qr/exited on signal (?!9)|Sanitizer|\[emerg\]/, 'no process died by itself');

done_testing;
