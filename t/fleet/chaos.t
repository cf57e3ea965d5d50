# No event that was acknowledged is lost, whatever happens to brokers, to nodes of nginx and to Edge; and each visitor's last
# word on consent is what Edge has.
#
# AEP_LOSS_EVENTS is how many events are sent (20000), AEP_LOSS_RATE how many in a second (300), AEP_LOSS_UNDECIDED how
# many visitors do nothing but change their minds (20). With AEP_LOSS_KEEP everything stays in the directory that is
# named at the end.

use strict;
use warnings;

use AepEdge;
use AepRabbit;
use AepServer;
use AepVisitors;
use File::Temp ();
use Test::More;
use Time::HiRes qw(sleep time);

plan skip_all => AepRabbit::missing() if AepRabbit::missing();

my $events    = $ENV{AEP_LOSS_EVENTS} || 20000;
my $rate      = $ENV{AEP_LOSS_RATE}   || 300;
my $undecided = $ENV{AEP_LOSS_UNDECIDED} || 20;
my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1, CLEANUP => !$ENV{AEP_LOSS_KEEP});
my $journal   = "$directory/edge.journal";
my $edge_port = AepServer::free_port();
my $rabbit    = AepRabbit->start(3);
my $edge;

sub phase { note sprintf '%s: %s', scalar localtime, shift; return }

# Shared queues bring everything of a node to another one; only a spool is a node's own.
sub nginx {
    return AepServer->start(
        edge    => "http://127.0.0.1:$edge_port answer_timeout=300ms connect_timeout=500ms timeout=2s",
        workers => 2,
        main    => AepRabbit::load(),
        http    => $rabbit->queue_by_tls('spool=AEP_DIRECTORY/spool') . 'keepalive_requests 1000; client_body_buffer_size 64k;');
}
sub edge_comes { $edge = AepEdge->start(http => $edge_port, journal => $journal, keep => 100); return }

my @servers = map { nginx() } 1 .. 3;
$_->wait_for_log(qr/the broker \S+ .* is reached/, 60) or BAIL_OUT('the broker is not reached') for @servers;
edge_comes();
# A repeat that comes to another node is another request: each knows its own of the last minute.
my $visitors = AepVisitors->start(port => [map { $_->port } @servers], rate => $rate, repeats => 0, undecided => $undecided);

sub kill_a_node_of_the_broker {
    my $node = shift;
    phase("node $node of the broker is killed");
    $rabbit->node(kill => $node);
    sleep 3;
    phase('and comes back');
    $rabbit->node(restart => $node);
    sleep 2;
    return;
}

sub all_brokers_go {
    phase('all nodes of the broker are killed');
    $rabbit->node(kill => $_) for 1 .. 3;
    sleep 3;
    phase('and come back');
    $rabbit->restart_all;
    sleep 5;
    return;
}

sub a_node_freezes {
    my $node = shift;
    phase("node $node of the broker is frozen");
    $rabbit->node(freeze => $node);
    sleep 4;
    $rabbit->node(thaw => $node);
    phase('and goes on');
    sleep 3;
    return;
}

sub edge_goes_and_comes {
    phase('Edge is stopped');
    $edge->stop;
    sleep 4;
    edge_comes();
    phase('Edge is back');
    sleep 2;
    return;
}

sub kill_nginx {
    my $server = shift;
    phase('the master and all workers of a node of nginx are killed');
    my @all = $server->kill_now;
    AepServer::wait_until(sub { !grep { AepServer::is_running($_) } @all });
    $server->run;
    phase('and nginx is started again');
    sleep 1;
    return;
}

sub kill_a_worker {
    my ($victim) = shift->workers;
    phase('a worker is killed');
    kill KILL => $victim;
    sleep 1;
    return;
}

sub alarm_of_a_broker {
    phase('the broker has an alarm');
    $rabbit->ctl(1, qw(-q set_vm_memory_high_watermark absolute 1MB));
    sleep 4;
    $rabbit->ctl(1, qw(-q set_vm_memory_high_watermark absolute 1GB));
    phase('the alarm is over');
    sleep 2;
    return;
}

sub the_broker_resets_all_connections {
    phase('the broker closes all connections');
    $rabbit->close_connections;
    sleep 2;
    return;
}

sub the_password_is_wrong_for_a_while {
    phase('the broker has another password');
    $rabbit->ctl(1, qw(-q change_password guest another));
    $rabbit->close_connections;
    sleep 3;
    $rabbit->ctl(1, qw(-q change_password guest guest));
    phase('and the old one again');
    sleep 3;
    return;
}

sub the_certificate_expires {
    phase('the certificate of the broker has expired');
    $rabbit->show_certificate('expired');
    sleep 3;
    $rabbit->show_certificate('valid');
    phase('and is valid again');
    sleep 3;
    return;
}

# What nobody else has: that is in its spool while the broker and Edge are away.
sub a_node_is_gone_for_good {
    phase('Edge and the broker are away');
    $edge->stop;
    $rabbit->node(kill => $_) for 1 .. 3;
    sleep 3;
    phase('a node of nginx is killed for good, and its disk is gone');
    my $server = pop @servers;
    $server->kill_now;
    rename $server->directory . '/spool', "$directory/gone" or die "spool: $!";
    $rabbit->restart_all;
    edge_comes();
    phase('Edge and the broker are back');
    return $server;
}

sub all_that_can_happen {
    kill_a_node_of_the_broker(1);
    edge_goes_and_comes();
    kill_a_worker($servers[0]);
    a_node_freezes(2);
    kill_nginx($servers[1]);
    kill_a_node_of_the_broker(3);
    alarm_of_a_broker();
    phase('Edge is stopped');
    $edge->stop;
    all_brokers_go();
    edge_comes();
    phase('Edge is back');
    ok($servers[2]->reload, 'nginx reloads');
    kill_nginx($servers[2]);
    kill_a_node_of_the_broker(2);
    the_broker_resets_all_connections();
    the_password_is_wrong_for_a_while();
    the_certificate_expires();
    return;
}

my $ends = time + 5 * $events / $rate;
do { all_that_can_happen() } while $visitors->events < $events && time < $ends;
my $gone = a_node_is_gone_for_good();
phase('the end');
my $requests = $visitors->stop;

sub spooled {
    my $sum = 0;
    for my $file (map { glob $_->directory . '/spool/*.db' } @servers) {
        my $table = $file =~ m{/consent.db$} ? 'consents' : $file =~ m{/orders.db$} ? 'orders' : 'entries';
        my ($count) = `sqlite3 'file:$file?mode=ro' 'SELECT count(*) FROM $table' 2>/dev/null` =~ /(\d+)/;
        $sum += $count // 1;
    }
    return $sum;
}

my $begun    = time;
my $patience = 240 + 330;    # the second: until a worker renews its connection
my $are_empty = AepServer::wait_until(
    sub { sleep 1; spooled() == 0 && $rabbit->waiting(qr/^aep\.(?:lane|order|consent|hold)\./) == 0 }, $patience);
ok($are_empty, 'the queues get empty')
    or diag(spooled() . " in spools, the broker has:\n" . $rabbit->ctl(1, qw(-q list_queues name messages messages_ready consumers))
    . $rabbit->ctl(1, qw(-q list_channels pid connection consumer_count messages_unacknowledged))
    . join "\n", map { my @lines = split /\n/, $_->log; ('of a log:', @lines[-20 .. -1]) } @servers);
my $drained = time - $begun;
$_->quit for @servers;
$edge->stop;

my $account = $visitors->audit(edge => $journal, queue => [map { $_->directory . '/spool' } @servers], gone => "$directory/gone");
my @numbers = grep { !ref $account->{$_} } sort keys %$account;
diag(join ', ', (map { "$_: $account->{$_}" } @numbers), sprintf 'seconds to drain: %.1f', $drained);
is($account->{requests} + $account->{repeats}, $requests, 'all requests are known');
cmp_ok($account->{goneEvents}, '>', 0, 'what the spool of the dead node alone held is known');
is($account->{missingCount}, 0, 'every other acknowledged event is with Edge or among the dead letters')
    or diag explain $account->{missing};
is(scalar @{ $account->{wrongConsents} }, 0, 'the last word of each visitor is what Edge has')
    or diag explain $account->{wrongConsents};
cmp_ok($account->{twice}, '<=', $account->{acknowledged} / 40, 'few events were delivered twice');
is(scalar @{ $account->{manyIds} }, 0, 'always with the same _id') or diag explain $account->{manyIds};
for my $server (@servers, $gone) {
    my @faults = grep { !/signal 9/ } grep { /exited on signal|exited with (?:fatal )?code [1-9]|\[emerg\]|Sanitizer|runtime error:/ } split /\n/, $server->log;
    is(join("\n", @faults), '', 'no fault in the log');
}
diag("everything is in $directory") if $ENV{AEP_LOSS_KEEP};
done_testing;
